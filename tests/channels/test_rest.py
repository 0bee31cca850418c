"""The REST channel, over HTTP."""

from __future__ import annotations

import asyncio
import json

import httpx
import pytest
from rasa.shared.exceptions import RasaException

from tests.channels.doubles import CARD_TEXT
from whichpath.channels.rest import RestInput
from whichpath.library.phrases import load_phrases
from whichpath.store.identity import pseudonym


async def test_one_message_is_one_object_with_text_buttons_and_custom(bot):
    first, second = await bot.client().say("can it be dropped")
    assert first["text"] == CARD_TEXT, "a card is never split at its blank lines"
    assert first["buttons"] == [{"title": "Help", "payload": "/help"}]
    assert first["custom"]["data"]["card"] == "x"
    assert second["text"] == "All done."


async def test_people_do_not_share_a_conversation(bot):
    one, two = bot.client(), bot.client()
    assert await one.texts("form") == ["Which town?"]
    assert await two.texts("hello") == ["Hello."]
    assert await one.texts("Reno") == ["Town is Reno."]


async def test_the_raw_sender_reaches_neither_rasa_nor_the_database(bot):
    client = bot.client()
    client.sender = "+15551230000"
    await client.say("hello")
    assert await bot.events(client.sender) == []
    assert await bot.events(pseudonym("rest", client.sender))


@pytest.mark.parametrize(
    ("body", "word"),
    [
        ({"message": "hello"}, "sender"),
        ({"sender": "", "message": "hello"}, "sender"),
        ({"sender": "  ", "message": "hello"}, "sender"),
        ({"sender": None, "message": "hello"}, "sender"),
        ({"sender": {"a": 1}, "message": "hello"}, "sender"),
        ({"sender": "x" * 256, "message": "hello"}, "sender"),
        ({"sender": "a"}, "message"),
        ({"sender": "a", "message": None}, "message"),
        ({"sender": "a", "message": 5}, "message"),
        ({"sender": "a", "message": ["hello"]}, "message"),
    ],
)
async def test_a_missing_field_is_named(bot, body, word):
    answer = await bot.http.post("/webhooks/rest/webhook", json=body)
    assert answer.status_code == 400
    assert word in answer.json()["error"]


@pytest.mark.parametrize("raw", [b"", b"{", b"hello", b"[]", b"null", b'"a"', b"\xff\xfe", b"[" * 100_000, b"NaN"])
async def test_a_body_that_is_no_json_object_is_refused_in_one_sentence(bot, raw):
    answer = await bot.http.post("/webhooks/rest/webhook", content=raw)
    assert answer.status_code == 400
    assert set(answer.json()) == {"error"}
    assert "Traceback" not in answer.text


async def test_a_huge_body_is_refused_and_a_large_one_answered(bot):
    client = bot.client()
    large = await client.say("hello " * 17_000)
    assert [m["text"] for m in large] == [load_phrases().too_long.text, "Hello."]
    huge = await bot.http.post("/webhooks/rest/webhook", json={"sender": "a", "message": "a" * 300_000})
    assert huge.status_code == 413 and "error" in huge.json()
    giant = await bot.http.post("/webhooks/rest/webhook", content=b"a" * 3_000_000)
    assert giant.status_code == 413 and "Traceback" not in giant.text


@pytest.mark.parametrize("text", ["", "   ", "\n\t", "😀😭🙏", "?!", "\x00\x07\u202e", "/", "///", "<b></b>"])
async def test_no_words_meet_a_helpful_sentence(bot, text):
    assert await bot.client().texts(text) == [load_phrases().empty.text]


async def test_a_typed_payload_that_we_never_issued_is_text(bot, unavailable):
    # If obeyed, `/greet` would return the greeting; `/hello` is only the word hello.
    assert await bot.client().texts("/hello") == ["Hello."]
    assert await bot.client().texts('/town_form{"town": "Reno"}') == [unavailable]


async def test_a_button_payload_is_obeyed(bot):
    assert await bot.client().texts("/help") == ["Help."]


async def test_two_quick_messages_are_answered_in_order(bot):
    client = bot.client()
    assert await client.texts("form") == ["Which town?"]
    bot.actions.delay = 0.3
    first, second = await asyncio.gather(client.texts("Reno"), client.texts("hello"))
    assert (first, second) == (["Town is Reno."], ["Hello."])


async def test_a_turn_goes_on_when_the_caller_hangs_up(bot):
    client = bot.client()
    bot.actions.delay = 0.6
    with pytest.raises(httpx.ReadTimeout):
        await bot.http.post(
            "/webhooks/rest/webhook", json={"sender": client.sender, "message": "get it dropped"}, timeout=0.2
        )
    await asyncio.sleep(1.0)
    names = [e.type_name for e in await bot.events(pseudonym("rest", client.sender))]
    assert names.count("user") == 1 and names.count("bot") == 2


@pytest.mark.parametrize(
    "headers",
    [
        {"X-Forwarded-For": "203.0.113.9"},
        {"X-Real-IP": "203.0.113.9"},
        {"Forwarded": "for=203.0.113.9"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
    ],
)
async def test_only_this_machine_may_use_it_by_default(bot, headers):
    answer = await bot.http.post("/webhooks/rest/webhook", headers=headers, json={"sender": "a", "message": "hello"})
    assert answer.status_code == 403


async def test_it_knows_no_other_method_and_no_stack_trace(bot):
    for method, path in (("GET", "/webhooks/rest/webhook"), ("POST", "/webhooks/rest/x"), ("PUT", "/webhooks/rest/")):
        answer = await bot.http.request(method, path)
        assert answer.status_code in (404, 405) and "Traceback" not in answer.text


def test_access_is_one_of_three(monkeypatch):
    assert RestInput.from_credentials(None).access == "local"
    assert RestInput.from_credentials({"access": "open"}).access == "open"
    monkeypatch.setenv("WHICHPATH_REST", "off")
    assert RestInput.from_credentials({"access": "open"}).access == "off"
    with pytest.raises(RasaException, match="none of"):
        RestInput("everybody")


async def test_answers_are_json_with_non_ascii_text(bot):
    answer = await bot.client().post(sender="ü", message="hello")
    assert json.loads(answer.content)[0]["recipient_id"] == "ü"
