"""A channel is one folder and one entry in the registry: ``tests/channels/toy`` is served, counted, reminded and deleted
like any other, and no code outside its folder names it.
"""

from __future__ import annotations

import ast
import asyncio
import datetime as dt
import itertools
import re
import time
from pathlib import Path

import pytest
import pytest_asyncio
import sqlalchemy as sa
from prometheus_client.parser import text_string_to_metric_families

from testing.stack import database_bytes
from tests.channels.conftest import Bot, serve
from tests.channels.doubles import CARD_TEXT, FakeActions
from tests.channels.toy import TOY
from tests.channels.toy.conversation import load_wording
from tests.channels.toy.provider import PROVIDER
from whichpath import registry
from whichpath.channels.guards import counts
from whichpath.channels.guards.limits import PER_PHONE
from whichpath.channels.outbox import shared_inbox
from whichpath.jobs.reminders import Reminding
from whichpath.jobs.senders import senders
from whichpath.library.entries import load_answers
from whichpath.library.phrases import load_phrases
from whichpath.library.situation import Situation
from whichpath.library.wording_reminders import load_wording as load_reminders
from whichpath.pathway.clock import Clock
from whichpath.pathway.conversation import respond
from whichpath.pathway.turn import Dialogue, Reading
from whichpath.server import checks, run
from whichpath.server.connectors import input_channels
from whichpath.settings import ROOT
from whichpath.store.encryption import Cipher
from whichpath.store.engine import make_engine
from whichpath.store.identity import pseudonym
from whichpath.store.inbox import Inbox
from whichpath.store.migrate import upgrade
from whichpath.store.reminders import Reminders
from whichpath.store.retention import Retention, everything
from whichpath.store.schema import addresses, events, reminder, threads

SECRET = {"x-toy-secret": "told to the provider"}
NAMES = (f"somebody-number-{number}" for number in itertools.count())
IDS = itertools.count()
WITHIN = 15.0


@pytest.fixture
def entry(monkeypatch):
    """Registers the channel, and sets its provider's variables."""
    monkeypatch.setitem(registry.CHANNELS, "toy", TOY)
    monkeypatch.setenv("TOY_SECRET", SECRET["x-toy-secret"])


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def served(tiny_model, tmp_path_factory):
    """A server with the channels of production, created in the same way."""
    database = f"sqlite:///{tmp_path_factory.mktemp('toy')}/whichpath.db"
    actions = FakeActions()
    await actions.start()
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(registry.CHANNELS, "toy", TOY)
        patch.setenv("TOY_SECRET", SECRET["x-toy-secret"])
        patch.setenv("WHICHPATH_DB_URL", database)
        shared_inbox.cache_clear()
        channels = input_channels(None, str(ROOT / "credentials.yml"))
        assert {"toy", "web", "sms", "telegram", "rest", "health", "metrics"} <= {each.name() for each in channels}
        async with serve(tiny_model, actions, database, channels) as bot:
            yield bot
        shared_inbox.cache_clear()
    await actions.stop()


class Person:
    """A person at the provider."""

    def __init__(self, bot: Bot) -> None:
        self.bot, self.name, self.seen = bot, next(NAMES), 0

    async def post(self, text: str, number: object = None, **headers: str):
        body = {"id": str(next(IDS) if number is None else number), "from": self.name, "text": text}
        return await self.bot.http.post("/webhooks/toy/webhook", json=body, headers=headers or SECRET)

    def heard(self) -> list[str]:
        return [text for address, text in PROVIDER.sent if address == self.name]

    async def say(self, text: str, parts: int = 1) -> list[str]:
        """Waits for so many messages and returns them."""
        assert (await self.post(text)).json() == {"ok": True}
        until = time.monotonic() + WITHIN
        while len(self.heard()) < self.seen + parts:
            assert time.monotonic() < until, f"{len(self.heard()) - self.seen} of {parts} answers"
            await asyncio.sleep(0.02)
        before, self.seen = self.seen, len(self.heard())
        return self.heard()[before:]


@pytest_asyncio.fixture(loop_scope="session")
async def person(served):
    await served.actions.reset()
    return Person(served)


async def numbers(bot: Bot) -> dict[tuple[str, ...], float]:
    page = (await bot.http.get("/metrics", follow_redirects=True)).text
    families = text_string_to_metric_families(page)
    return {(s.name, *sorted(s.labels.values())): s.value for family in families for s in family.samples}


# --- a message and its answer ---


async def test_a_message_is_answered_and_its_choices_are_known(person):
    assert await person.say("hello") == ["Hello."]
    assert await person.say("1", parts=2) == [CARD_TEXT, "All done."]
    stored = await person.bot.events(pseudonym("toy", person.name))
    assert [event.text for event in stored if event.type_name == "user"][-1] == "/end_order"
    assert {event.input_channel for event in stored if event.type_name == "user"} == {"toy"}


async def test_the_turn_guard_stands_before_it(person):
    person.bot.actions.mode = "error"
    assert await person.say("dropped") == [load_phrases().unavailable.text]


async def test_only_the_provider_gets_in_and_a_copy_is_answered_once(person):
    assert (await person.post("hello", **{"x-toy-secret": "another"})).status_code == 403
    for _copy in range(3):
        assert (await person.post("hello", "the same")).status_code == 200
    assert await person.say("hello", parts=2) == ["Hello.", "Hello."]


async def test_an_answer_that_cannot_go_out_goes_out_later(person):
    PROVIDER.away = 2
    assert await person.say("hello") == ["Hello."]


async def test_who_opts_out_hears_nothing_more(person):
    assert await person.say("STOP") == [load_wording()["stop"]]
    await person.post("hello")
    await asyncio.sleep(0.5)
    assert await person.say("START") == [load_wording()["start"]]


async def test_who_is_too_fast_hears_it_and_danger_is_answered_past_every_limit(person):
    for _each in range(int(PER_PHONE.burst)):
        await person.post("hello")
    answers = await person.say("hello", parts=int(PER_PHONE.burst) + 1)
    assert answers[-1] == load_phrases().slow.text
    assert await person.say("he is outside with a gun") == [load_phrases().danger.text]


async def test_a_database_that_is_away_is_told_and_the_provider_sends_it_again(person, monkeypatch):
    def away(*_args):
        raise OSError

    with monkeypatch.context() as patch:
        patch.setattr(shared_inbox(), "accept", away)
        assert (await person.post("hello", "again")).status_code == 503
    assert person.heard() == [load_phrases().unavailable.text]
    await person.post("hello", "again")
    person.seen = 1
    assert await person.say("hello", parts=2) == ["Hello.", "Hello."]


async def test_nobodys_address_or_name_is_kept_in_the_clear(person):
    await person.say("hello, my name is Tanisha Flumbridge")
    kept = database_bytes(Path(shared_inbox().engine.url.database).parent)
    assert b"toy:" in kept and not [word for word in (person.name.encode(), b"Flumbridge") if word in kept]


# --- other uses of the registry ---


async def test_health_and_metrics_know_it(person):
    assert (await person.bot.http.get("/webhooks/toy/")).json() == {"status": "ok"}
    before = await numbers(person.bot)
    await person.say("hello")
    after = await numbers(person.bot)
    until = time.monotonic() + WITHIN
    while after["whichpath_inbox_waiting", "toy"] and time.monotonic() < until:
        after = await numbers(person.bot)  # the answer is sent just before its row is deleted
    turns = ("whichpath_turns_total", "answered", "toy")
    assert after[turns] == before.get(turns, 0) + 1
    assert (
        after["whichpath_turn_seconds_count", "toy"] >= 1
        and ("whichpath_turns_total", "answered", "other") not in after
    )
    assert after["whichpath_inbox_waiting", "toy"] == 0 and ("whichpath_inbox_oldest_seconds", "toy") in after


def test_no_other_file_names_a_channel():
    """Outside a channel's folder and client, except Telegram's set-up command and the sessions of the web."""
    own = re.compile(r"whichpath/(channels/(sms|telegram|web)/.*|channels/rest\.py|providers/.*|registry\.py)")
    module = re.compile(r"whichpath\.(channels\.(sms|telegram|web|rest)|providers\.(twilio|telegram)).*")
    found = set()
    for path in sorted((ROOT / "whichpath").rglob("*.py")):
        file = path.relative_to(ROOT).as_posix()
        for node in () if own.fullmatch(file) else ast.walk(ast.parse(path.read_text())):
            names = [node.module] if isinstance(node, ast.ImportFrom) else []
            names += [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            found |= {(file, name) for name in names if module.fullmatch(name or "")}
            # "sms" is also the name of the short form.
            if isinstance(node, ast.Constant) and node.value in {"web", "telegram", "rest", "toy"}:
                found.add((file, node.value))
    assert found == {("whichpath/cli.py", "whichpath.channels.telegram.setup"), ("whichpath/store/identity.py", "web")}


def test_without_its_entry_nothing_knows_it(monkeypatch):
    monkeypatch.delitem(registry.CHANNELS, "toy", raising=False)
    assert counts.label("toy", registry.CHANNELS) == "other"
    assert "toy" not in (*registry.queued(), *registry.reminding())
    assert not [line for line in run.channel_lines() if line.startswith("Toy")]


def test_the_start_says_whether_it_is_on(entry, monkeypatch):
    assert "Toy is on" in run.channel_lines()
    monkeypatch.delenv("TOY_SECRET")
    assert "Toy is off (not set: TOY_SECRET)" in run.channel_lines() and "toy" not in senders()


def test_its_words_are_checked_with_the_content(entry, monkeypatch):
    read = []
    monkeypatch.setattr("tests.channels.toy.conversation.load_wording", lambda: read.append("toy"))
    checks.check_content()
    assert read == ["toy"]


@pytest.fixture
def inbox(tmp_path):
    engine = make_engine(f"sqlite:///{tmp_path}/x.db")
    upgrade(engine)
    return Inbox(engine, Cipher(b"a secret for the tests alone"))


def test_retention_deletes_its_conversations_in_its_own_time(entry, inbox):
    two_hours_ago = time.time() - 7200
    with inbox.engine.begin() as db:
        for sender in ("toy:a", "sms:a"):
            row = {"sender_id": sender, "type_name": "user", "timestamp": two_hours_ago, "data": "{}"}
            db.execute(sa.insert(events).values(**row))
    everything(Retention(inbox.engine), inbox)
    with inbox.engine.connect() as db:
        assert [row.sender_id for row in db.execute(sa.select(events))] == ["sms:a"]


@pytest.mark.parametrize(("sender", "left"), [("toy:a", {"ids"}), ("sms:a", {"ids", "menu"})])
def test_numbers_of_messages_outlast_the_conversation_where_they_can_be_deleted(entry, inbox, sender, left):
    inbox.keep_thread(sender, {"ids": [[1, time.time()]], "menu": []})
    with inbox.engine.begin() as db:
        db.execute(sa.update(threads).values(keep_until=time.time() + 3600))
    inbox.purge()
    assert set(inbox.thread(sender)) == left


class Now(Clock):
    def today(self, code=None):
        return dt.date(2026, 11, 29)


@pytest.mark.parametrize(("channel", "asked"), [("toy", True), ("web", False)])
def test_reminders_are_offered_on_it(entry, channel, asked):
    known = Situation(matter="civil_order", role="restrained", stage="temporary").with_(hearing_date="2026-12-09")
    reading = Reading("inform", reminder="yes", channel=channel)
    turn = respond(reading, known, Dialogue(told=True, hearing="2026-12-09"), load_answers(), Now())
    assert (turn.messages[0].name == "utter_ask_reminder") == asked


async def test_reminders_go_out_by_it(entry, inbox):
    inbox.accept("toy", "1", "toy:a", "somebody", {"text": "hi"})
    day = dt.date.today() + dt.timedelta(days=30)
    Reminders(inbox.engine).schedule("toy:a", "toy", day, "America/Denver")
    with inbox.engine.begin() as db:
        now = time.time()
        db.execute(sa.update(reminder).values(due=now - 1, free_at=now - 1, until=now + 60))
        db.execute(sa.update(addresses).values(keep_until=now + 60))
    worker = Reminding(Reminders(inbox.engine), inbox, senders())
    before = len(PROVIDER.sent)
    assert await worker.round() == 2
    words = load_reminders()
    assert PROVIDER.sent[before:] == [("somebody", words.day_before.text), ("somebody", words.morning.text)]
    assert len(inbox.thread("toy:a")["ids"]) == 2
