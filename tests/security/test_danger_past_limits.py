"""Messages about danger are answered beyond every limit, on every channel."""

from __future__ import annotations

import secrets
import sqlite3
from xml.etree import ElementTree

import httpx
import pytest

from testing.page import Page, until
from testing.ports import wait_for
from testing.stack import Chat, Phone
from whichpath.channels.guards.limits import PER_PHONE, PER_REST_SENDER, PER_SESSION
from whichpath.library.phrases import load_phrases

GUN = "he is outside with a gun"
PHRASES = load_phrases()
#: More messages than one phone or chat may send, including the one that is told so.
FLOOD = int(PER_PHONE.burst) + 4


def _said(answer: httpx.Response) -> list[str]:
    """The texts in the response to a webhook."""
    assert answer.status_code == 200
    return [node.text or "" for node in ElementTree.fromstring(answer.text).iter("Message")]


def test_on_sms(bot):
    phone = Phone()
    for _ in range(FLOOD):
        phone.send("...")
    assert _said(phone.post(phone.params("hello"))) == [], "over the limit"
    params = phone.params(GUN)
    (said,) = _said(phone.post(params))
    assert PHRASES.danger.sms in said
    assert _said(phone.post(params)) == [], "a copy of the same text is not answered again"
    (said,) = _said(phone.post(phone.params("i want to kill myself")))
    assert PHRASES.self_harm.sms in said


def test_the_ninth_of_nine_short_texts_is_heard(bot):
    phone = Phone()
    for text in ("hi", "its me", "so", "i got a paper", "from court", "my ex", "filed it", "idk"):
        phone.send(text)
    if not _said(phone.post(phone.params(GUN))):
        wait_for(lambda: any("911" in text for text in phone.inbox()), 60)


def test_on_telegram(bot):
    chat = Chat()
    for _ in range(FLOOD):
        chat.deliver(message=chat.api.new_message(chat.id, text="..."))
    chat.deliver(message=chat.api.new_message(chat.id, text=GUN))
    # Answers to earlier messages may still arrive, in any order.
    wait_for(lambda: any(message["text"] == PHRASES.danger.text for message in chat.bot_messages()))


def test_on_rest(http):
    ask = {"sender": secrets.token_hex(8), "message": "..."}
    answers = [http.post("/webhooks/rest/webhook", json=ask).status_code for _ in range(int(PER_REST_SENDER.burst) + 9)]
    assert 429 in answers
    told = http.post("/webhooks/rest/webhook", json={**ask, "message": GUN})
    assert told.status_code == 200 and [m["text"] for m in told.json()] == [PHRASES.danger.text]


async def test_on_the_live_line(bot):
    page = await Page(bot.url).come()
    for _ in range(int(PER_SESSION.burst) * 3):
        answer = await page.call("say", {"id": secrets.token_hex(8), "text": "..."})
    assert answer == {"ok": False, "error": "rate"}
    question = secrets.token_hex(8)
    assert await page.call("say", {"id": question, "text": GUN}) == {"ok": True}
    await until(lambda: [e for e in page.lines if e["who"] == "bot" and e["id"] == question])
    (line,) = [e for e in page.lines if e["who"] == "bot" and e["id"] == question]
    assert line["message"]["text"] == PHRASES.danger.text
    await page.leave()


@pytest.mark.parametrize("text", [GUN, "hello"])
def test_where_the_database_takes_nothing_in(bot, text):
    phone = Phone()
    lock = sqlite3.connect(bot.folder / "whichpath.db", isolation_level=None)
    lock.execute("BEGIN IMMEDIATE")
    try:
        (said,) = _said(phone.post(phone.params(text)))
    finally:
        lock.execute("ROLLBACK")
        lock.close()
    assert (PHRASES.danger.sms in said) == (text == GUN)
