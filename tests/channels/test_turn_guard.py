"""After any internal failure, the person is told of it within the time limit, and an open question stays open."""

from __future__ import annotations

import asyncio
import logging
import time

import pytest
from sqlalchemy.exc import OperationalError

from whichpath.channels.guards import turn
from whichpath.store.identity import pseudonym

FAULTS = ["gone", "error", "html", "nonsense", "hang"]


@pytest.fixture(params=FAULTS)
async def fault(request, bot, monkeypatch):
    """The action server with one fault."""
    monkeypatch.setattr(turn, "LIMIT", 0.6)
    if request.param == "gone":
        await bot.actions.stop()
    else:
        bot.actions.mode = request.param
    return request.param


async def test_the_person_is_told_and_nothing_is_said_to_be_done(bot, fault, unavailable):
    began = time.monotonic()
    assert await bot.client().texts("can it be dropped") == [unavailable]
    assert time.monotonic() - began < 2


async def test_the_open_question_is_still_open_afterwards(bot, fault, unavailable):
    client = bot.client()
    await bot.actions.reset()
    assert await client.texts("form") == ["Which town?"]
    await (bot.actions.stop() if fault == "gone" else asyncio.sleep(0))
    bot.actions.mode = fault
    assert await client.texts("Reno") == [unavailable]
    await bot.actions.reset()
    assert await client.texts("Elko") == ["Town is Elko."]


async def test_a_form_that_cannot_start_does_not_end_either(bot, fault, unavailable):
    client = bot.client()
    told = await client.texts("form")
    assert not any("Town is" in text for text in told)


async def test_danger_help_needs_no_action_server(bot, fault):
    messages = await bot.client().say("he will kill me")
    assert [m["text"] for m in messages] == ["Call 911."]
    assert messages[0]["custom"]["data"]["safety"] is True


async def test_the_conversation_goes_on_when_it_is_back(bot, fault, unavailable):
    client = bot.client()
    assert await client.texts("can it be dropped") == [unavailable]
    await bot.actions.reset()
    assert len(await client.texts("can it be dropped")) == 2
    stored = await bot.events(pseudonym("rest", client.sender))
    assert [e.text for e in stored if e.type_name == "user"] == ["can it be dropped"] * 2
    assert unavailable in [e.text for e in stored if e.type_name == "bot"]


async def test_a_turn_that_says_nothing_is_not_silent(bot, unavailable):
    assert await bot.client().texts("words that no rule knows") == [unavailable]


async def test_a_turn_that_never_ends_is_answered_in_time(unavailable, monkeypatch):
    monkeypatch.setattr(turn, "LIMIT", 0.1)
    monkeypatch.setattr(turn, "GRACE", 0.1)
    monkeypatch.setattr(turn, "LEAST", 0.05)
    ended = asyncio.Event()

    async def stuck(message):
        await message.output_channel.send_response("x", {"text": "Call 911.", "custom": {"data": {"safety": True}}})
        await message.output_channel.send_response("x", {"text": "Half of it."})
        await asyncio.sleep(0.5)
        ended.set()

    messages = await turn.take_turn(stuck, "hello", "x", "rest")
    assert [m["text"] for m in messages] == ["Call 911.", unavailable]
    await asyncio.wait_for(ended.wait(), 2)  # it was not cancelled


async def test_a_turn_that_raises_keeps_only_danger_help(unavailable):
    async def broken(message):
        await message.output_channel.send_response("x", {"text": "Call 911.", "custom": {"data": {"safety": True}}})
        await message.output_channel.send_response("x", {"text": "Your order has ended."})
        raise OSError("disk full")

    assert [m["text"] for m in await turn.take_turn(broken, "a", "x", "rest")] == ["Call 911.", unavailable]


async def test_a_database_that_is_gone_does_not_start_a_new_conversation(bot, unavailable, monkeypatch):
    client = bot.client()
    assert await client.texts("form") == ["Which town?"]

    async def gone(*_args):
        raise OperationalError("SELECT", {}, Exception("gone"))

    with monkeypatch.context() as patch:
        patch.setattr(bot.store, "_in_thread", gone)
        assert await client.texts("Reno") == [unavailable]
        assert (await bot.http.get("/health/ready")).json() == {"model": True, "database": False, "actions": True}
    assert await client.texts("Reno") == ["Town is Reno."]


async def test_a_database_that_fails_at_the_end_takes_back_what_was_said(bot, unavailable, monkeypatch):
    client = bot.client()
    await client.say("hello")

    async def full(_tracker):
        raise OperationalError("INSERT", {}, Exception("disk full"))

    with monkeypatch.context() as patch:
        patch.setattr(bot.store, "save", full)
        assert await client.texts("can it be dropped") == [unavailable]
        assert await client.texts("he will kill me") == ["Call 911.", unavailable]
    assert len(await client.texts("can it be dropped")) == 2


async def test_erase_deletes_every_row(bot):
    client = bot.client()
    await client.say("hello")
    assert await bot.events(pseudonym("rest", client.sender))
    assert await client.texts("erase") == ["Erased."]
    assert await bot.events(pseudonym("rest", client.sender)) == []


async def test_erase_that_fails_is_not_said_to_have_worked(bot, unavailable, monkeypatch):
    client = bot.client()

    async def stuck(_sender):
        raise OperationalError("DELETE", {}, Exception("locked"))

    monkeypatch.setattr(bot.store, "erase", stuck)
    assert await client.texts("erase") == [unavailable]


async def test_no_word_of_a_message_stands_in_a_log(bot, fault, caplog, capfd):
    caplog.set_level(logging.WARNING)
    await bot.client().say("zanzibar: can it be dropped")
    out, err = capfd.readouterr()
    assert "zanzibar" not in caplog.text + out + err


async def test_the_guard_is_put_in_once(bot):
    from rasa.core.processor import MessageProcessor

    before = MessageProcessor._run_action
    turn.install()
    assert MessageProcessor._run_action is before
