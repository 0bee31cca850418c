"""Danger is detected before any limit, queue or model, and answered without delay."""

from __future__ import annotations

import asyncio
import time
import uuid

import httpx
import pytest
import yaml

from tests.channels.doubles import Client
from whichpath.channels import rest, web
from whichpath.channels.guards import danger, load, turn
from whichpath.channels.guards.limits import PER_PHONE, Limits, Rate
from whichpath.channels.guards.load import Busy, Room
from whichpath.channels.output import data_of
from whichpath.library.phrases import load_phrases
from whichpath.settings import ROOT

GUN = "he is outside with a gun"
SMALL = Rate(burst=2, per_second=0.0001)
PHRASES = load_phrases()


@pytest.mark.parametrize("kind", ["danger", "self_harm"])
def test_the_words_are_those_of_the_domain(kind):
    response = yaml.safe_load((ROOT / "domain.yml").read_text())["responses"][f"utter_{kind}"][-1]
    phrase = getattr(PHRASES, kind)
    assert (phrase.text, phrase.sms) == (response["text"].strip(), response["custom"]["data"]["sms"])


def test_danger_and_the_wish_to_die_have_their_own_words():
    for said, phrase in ((GUN, PHRASES.danger), ("i want to kill myself", PHRASES.self_harm)):
        message = danger.help_for(said)
        assert (message["text"], data_of(message)["sms"]) == (phrase.text, phrase.sms)
    assert danger.help_for("how do i end the order") is None and danger.help_for("/danger") is None


async def test_a_phone_that_asks_for_help_is_told_again_that_it_was_too_fast():
    rates = Limits(lambda: 0.0)
    judged = [await rates.judge("a", asks=True) for _ in range(int(PER_PHONE.burst) + 6)]
    assert judged[int(PER_PHONE.burst) :] == ["tell"] * 4 + ["drop"] * 2
    others = [await rates.judge("b") for _ in range(int(PER_PHONE.burst) + 6)]
    assert others[int(PER_PHONE.burst) :] == ["tell"] + ["drop"] * 5


async def test_rest_answers_danger_past_its_limit(bot, monkeypatch):
    monkeypatch.setattr(rest, "PER_REST_SENDER", SMALL)
    client = bot.client()
    answers = [await client.post(sender=client.sender, message="...") for _ in range(3)]
    assert answers[-1].status_code == 429
    (said,) = await client.say(GUN)
    assert said["text"] == PHRASES.danger.text and said["custom"]["data"]["safety"]
    assert (await client.post(sender=client.sender, message="hello")).status_code == 429


async def test_the_web_answers_danger_past_its_limit(bot, monkeypatch):
    monkeypatch.setattr(web, "PER_SESSION", SMALL)
    token, status = None, 200
    while status == 200:
        answer = await bot.http.post("/chat/message", json={"session": token, "text": "hello"})
        status, token = answer.status_code, answer.json().get("session", token)
    assert status == 429
    answer = await bot.http.post("/chat/message", json={"session": token, "text": GUN})
    assert answer.json()["session"] == token
    assert [message["text"] for message in answer.json()["messages"]] == [PHRASES.danger.text]
    page = await bot.http.post("/plain", data={"session": token, "text": GUN})
    assert page.status_code == 200 and "1-800-799-7233" in page.text and "call 911" in page.text


async def test_where_the_turn_fails_danger_is_answered_all_the_same(bot, unavailable):
    bot.actions.mode = "error"
    first, *_more = await bot.client().texts("can it be dropped, he is outside with a gun")
    assert first == PHRASES.danger.text
    assert await bot.client().texts("can it be dropped") == [unavailable]


# --- waiting messages ---


async def test_turns_begin_in_order_and_a_few_at_a_time():
    room, begun = Room(at_once=2), []

    async def one(number):
        async with room.place(room.now() + 5):
            begun.append(number)
            assert room.running <= 2
            await asyncio.sleep(0.02)

    await asyncio.gather(*(one(number) for number in range(9)))
    assert begun == list(range(9)) and room.running == room.waiting == 0
    assert 0.005 < room.each < 0.1


async def test_what_cannot_be_answered_in_time_is_told_at_once():
    room = Room(at_once=1)
    room.each = 2.0

    async def wait():
        async with room.place(room.now() + 7):
            await asyncio.sleep(0.2)

    waiting = [asyncio.ensure_future(wait()) for _ in range(4)]
    await asyncio.sleep(0)
    began = time.monotonic()
    with pytest.raises(Busy):
        async with room.place(room.now() + 7):
            raise AssertionError("it had no place")
    assert time.monotonic() - began < 0.1
    await asyncio.gather(*waiting)


async def test_whoever_waited_long_enough_hears_it_and_leaves_no_gap():
    room = Room(at_once=1)
    room.each = 0.0
    held = asyncio.Event()

    async def hold():
        async with room.place(room.now() + 1):
            await held.wait()

    first = asyncio.ensure_future(hold())
    await asyncio.sleep(0)
    with pytest.raises(Busy):
        async with room.place(room.now() + 0.05):
            raise AssertionError("it had no place")
    gone = asyncio.ensure_future(room._wait(room.now() + 5))
    await asyncio.sleep(0)
    gone.cancel()
    held.set()
    await first
    async with room.place(room.now() + 1):
        assert room.running == 1


async def test_many_at_once_nobody_silent_nobody_late_and_danger_first(bot, monkeypatch):
    """With 200 people and turns of 0.5 s, most people are told quickly that the server is busy."""
    monkeypatch.setattr(load.room, "each", 0.1)
    bot.actions.delay = 0.5
    everybody = httpx.AsyncClient(base_url=bot.http.base_url, timeout=60, trust_env=False, limits=httpx.Limits())

    async def one(text):
        began = time.monotonic()
        (first, *_more) = await Client(everybody, uuid.uuid4().hex).say(text)
        return first["text"], time.monotonic() - began

    crowd = asyncio.gather(*(one("can it be dropped") for _ in range(200)))
    while not load.room.waiting:
        await asyncio.sleep(0.05)
    text, seconds = await one(GUN)
    answers = await crowd
    await everybody.aclose()
    assert text == PHRASES.danger.text and seconds < 2.0
    busy = [text for text, _seconds in answers if text == PHRASES.busy.text]
    assert 0 < len(busy) < 200 and max(seconds for _text, seconds in answers) < turn.LIMIT + turn.GRACE + 1.5
    assert {text for text, _seconds in answers} - {PHRASES.busy.text, PHRASES.unavailable.text}, "nobody was answered"
