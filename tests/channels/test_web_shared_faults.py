"""A server or Redis fails while pages of one person are open on two servers."""

from __future__ import annotations

import asyncio

import pytest

from testing import production
from testing.page import until
from tests.channels.pages import tabs, web
from whichpath.channels.web import shared
from whichpath.library.phrases import load_phrases
from whichpath.store.identity import session_sender

pytestmark = pytest.mark.asyncio(loop_scope="session")
#: Number of messages in the tiny bot's answer to "dropped".
CARD = 2


# --- a process dies ---


def as_if_dead(process, monkeypatch):
    """Simulates a dead process: it no longer prolongs its leases, and takes over no questions."""
    monkeypatch.setattr(shared, "LEASE", 2.0)
    monkeypatch.setattr(web(process).transcript, "prolong", lambda _questions: asyncio.sleep(0))
    monkeypatch.setattr(web(process), "take_over", lambda _book: asyncio.sleep(0))


async def test_a_question_of_a_process_that_died_is_answered_by_another(pair, monkeypatch):
    one, two = await tabs(pair, 1)
    await one.say("form")
    as_if_dead(pair[0], monkeypatch)
    monkeypatch.setattr(web(pair[0]), "_answer", lambda _asked: asyncio.sleep(3600))
    assert await one.send("Reno", "e" * 12) == {"ok": True}
    await until(lambda: two.said("e" * 12), shared.LEASE + 10)
    assert two.said("e" * 12) == one.said("e" * 12) == ["Town is Reno."]


async def test_a_turn_that_was_stored_before_its_process_died_is_not_taken_again(pair, monkeypatch):
    one, two = await tabs(pair, 1)
    await one.say("form")
    as_if_dead(pair[0], monkeypatch)
    monkeypatch.setattr(web(pair[0]), "_keep", lambda *_: asyncio.sleep(3600))
    assert await one.send("Reno", "f" * 12) == {"ok": True}
    await until(lambda: two.said("f" * 12), shared.LEASE + 10)
    assert two.said("f" * 12) == one.said("f" * 12) == ["Town is Reno."]
    events = await pair[0].events(session_sender(one.session))
    assert [e.text for e in events if e.type_name == "user"] == ["form", "Reno"]


async def test_an_answer_that_comes_after_another_process_took_over_is_not_said_twice(pair, monkeypatch):
    one, two = await tabs(pair, 1)
    monkeypatch.setattr(shared, "LEASE", 1.0)
    monkeypatch.setattr(web(pair[0]).transcript, "prolong", lambda _questions: asyncio.sleep(0))
    monkeypatch.setattr(web(pair[0]), "take_over", lambda _book: asyncio.sleep(0))
    pair[0].actions.delay = 4.0
    await one.send("dropped", "a1" * 6)
    await until(lambda: two.said("a1" * 6), 30)
    await asyncio.sleep(4.5)
    assert len(two.said("a1" * 6)) == len(one.said("a1" * 6)) == CARD


# --- Redis dies ---


@pytest.mark.parametrize("fault", ["kill", "freeze"])
async def test_without_redis_everybody_is_told(pair, unavailable, fault):
    one, _two = await tabs(pair, 1)
    await one.say("hello")
    getattr(production.redis(), fault)()
    assert await one.send("hello") == {"ok": False, "error": "unavailable"}
    for bot in pair:
        said = await bot.http.post("/chat/message", json={"session": one.session, "text": "hello"})
        assert said.json() == {"session": one.session, "messages": [load_phrases().unavailable.message()]}
        page = await bot.http.post("/plain", data={"session": one.session, "text": "hello", "question": "abc"})
        assert "1-800-799-7233" in page.text and one.session in page.text
        assert [m["text"] for m in await bot.client().say("hello")] == [unavailable]
        ready = await bot.http.get("/health/ready")
        assert ready.status_code == 503 and ready.json()["redis"] is False
    # Ending the session still works.
    assert (await pair[0].http.post("/chat/end", json={"session": one.session})).status_code == 204
    assert await pair[0].events(session_sender(one.session)) == []


async def test_redis_that_begins_anew_in_mid_turn_loses_no_answer(pair):
    one, two = await tabs(pair, 1)
    await one.say("form")
    pair[0].actions.delay = 1.0
    await one.send("Reno", "b1" * 6)
    await asyncio.sleep(0.3)
    production.redis().ask("FLUSHALL")
    await until(lambda: "Town is Reno." in one.texts and "Town is Reno." in two.texts)
    assert one.texts == two.texts == ["form", "Which town?", "Reno", "Town is Reno."]
    assert await two.say("hello") == ["Hello."]


async def test_redis_that_is_away_in_mid_turn_loses_no_answer_and_the_pages_get_in_step_again(pair):
    one, two = await tabs(pair, 1)
    await one.say("hello")
    pair[0].actions.delay = 1.0
    await one.send("dropped", "c1" * 6)
    await asyncio.sleep(0.3)
    production.redis().freeze()
    await until(lambda: one.said("c1" * 6), 20)
    production.redis().thaw()
    await until(lambda: two.said("c1" * 6), 20)
    await until(lambda: one.lines == two.lines, 20)
    assert len(one.said("c1" * 6)) == CARD and [e["seq"] for e in one.lines] == [1, 2, 3, 4, 5]
