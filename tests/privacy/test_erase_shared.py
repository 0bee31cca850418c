"""After erasure, the texts are in no table and no Redis key or value, decrypted with our key. PostgreSQL and Redis."""

from __future__ import annotations

import asyncio
import re
import uuid
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import httpx
import pytest
import sqlalchemy as sa
from redis import Redis

from bench.resilience.kills import World, world
from bench.resilience.kills_people import ByText
from testing.ports import wait_for
from whichpath.store.encryption import Cipher, Unreadable
from whichpath.store.engine import make_engine
from whichpath.store.identity import key, pseudonym, session_sender

WORD = "quuxberry"
TELL = f"i want to end my order in ohio, {WORD}"


@pytest.fixture(scope="module")
def around() -> Iterator[World]:
    """Running servers on PostgreSQL and Redis."""
    with world("postgresql") as running:
        yield running


def parts(value: object) -> Iterator[str]:
    """``value`` as text, followed by its decrypted parts."""
    text = value.decode(errors="replace") if isinstance(value, bytes) else str(value)
    yield text
    for piece in text.split("|"):
        with suppress(Unreadable, ValueError):
            yield str(Cipher(key()).decrypt(piece))


def in_redis(url: str) -> Iterator[tuple[str, str]]:
    """Each Redis key with each part of its value, including the key itself."""
    redis = Redis.from_url(url)
    for name in redis.scan_iter(count=1000):
        kind, place = redis.type(name).decode(), name.decode()
        read = {
            "string": lambda n: [redis.get(n)],
            "hash": lambda n: [each for pair in redis.hgetall(n).items() for each in pair],
            "list": lambda n: redis.lrange(n, 0, -1),
            "set": redis.smembers,
            "zset": lambda n: redis.zrange(n, 0, -1),
        }[kind]
        for value in [name, *(read(name) or ())]:
            if value is not None:
                yield from ((place, part) for part in parts(value))


def in_tables(url: str) -> Iterator[tuple[str, str]]:
    """Each column with each part of each of its values."""
    tables = sa.MetaData()
    engine = make_engine(url)
    tables.reflect(engine)
    with engine.connect() as db:
        for table in tables.sorted_tables:
            for row in db.execute(sa.select(table)):
                for column, value in row._mapping.items():
                    yield from ((f"{table.name}.{column}", part) for part in parts(value))


def found(around: World, *words: str) -> set[str]:
    """The places that contain any of ``words``: tables, Redis, logs."""
    settings = around.member.environment
    held = [*in_tables(settings["WHICHPATH_DB_URL"]), *in_redis(settings["WHICHPATH_REDIS_URL"])]
    held += [(path.name, path.read_text(errors="replace")) for path in Path(around.member.folder).glob("*.log")]
    return {place for place, text in held if any(word.casefold() in text.casefold() for word in words)}


def post(around: World, path: str, **more: object) -> httpx.Response:
    return httpx.post(f"{around.member.url}{path}", timeout=40, trust_env=False, **more)


def test_by_text(around):
    person = ByText(around.member.url, around.texts)
    asyncio.run(person.say(TELL))
    mine = (person.number, person.number.lstrip("+"), person.sender)
    assert "events.data" in found(around, WORD)
    assert {"events.sender_id", "addresses.sender_id", "addresses.sealed"} <= found(around, *mine)
    assert "erased" in asyncio.run(person.say("erase")).lower()
    wait_for(lambda: not found(around, *mine), 20, 0.2)
    assert found(around, WORD) == set()


def test_over_rest(around):
    name = uuid.uuid4().hex
    mine = (name, pseudonym("rest", name))

    def say(text: str) -> str:
        return post(around, "/webhooks/rest/webhook", json={"sender": name, "message": text}).text

    say(TELL)
    assert "events.data" in found(around, WORD) and "events.sender_id" in found(around, *mine)
    assert "erased" in say("/erase").lower()
    assert found(around, WORD) == set()
    wait_for(lambda: not found(around, *mine), 20, 0.2)


def test_on_the_web(around):
    def say(text: str, session: str | None) -> dict:
        return post(around, "/chat/message", json={"session": session, "text": text}).json()

    session = say(TELL, None)["session"]
    sender = session_sender(session)
    assert {"events.data", f"whichpath:web:{sender}:lines"} <= found(around, WORD), "sealed lines are opened too"
    assert "erased" in str(say("/erase", session)["messages"]).lower()
    assert found(around, WORD) == set()
    # The session continues, empty. After its end, one mark remains for as long as its token could be used.
    say("hello", session)
    assert post(around, "/chat/end", json={"session": session}).status_code == 204
    wait_for(lambda: found(around, session, sender) == {f"whichpath:web:{sender}:ended"}, 20, 0.2)


def test_on_the_pages_without_script(around):
    form = {"text": TELL, "question": uuid.uuid4().hex}
    page = post(around, "/plain", data=form).text
    session = re.search(r'name="session" value="([^"]+)"', page)[1]
    sender = session_sender(session)
    assert "events.data" in found(around, WORD)
    assert post(around, "/leave", data={"session": session}).status_code == 303
    assert found(around, WORD) == set()
    kept = found(around, session, sender)
    # Encrypted, under a pseudonym: the Back button must not restart the conversation.
    assert {re.sub(r"form:\w+", "form", place) for place in kept} == {f"whichpath:web:{sender}:ended", "whichpath:form"}


def test_nothing_stays_for_good(around):
    redis = Redis.from_url(around.member.environment["WHICHPATH_REDIS_URL"])
    names = list(redis.scan_iter())
    assert names and [name for name in names if redis.ttl(name) == -1] == []
