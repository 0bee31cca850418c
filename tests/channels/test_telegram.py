"""Telegram over real servers, against a strict double of the Bot API."""

import hashlib
import time

import httpx
import pytest

from testing.bot_api import SECRET, Fault
from testing.ports import wait_for
from testing.stack import Chat, database_bytes, stack
from tests.channels.situations import CASES, ROUTES, TURNS, choice_of, route_of
from tests.channels.test_sms import rows
from whichpath.channels.telegram.states import pages
from whichpath.library.wording_telegram import load_wording

pytestmark = pytest.mark.usefixtures("bot_api")
WORDING = load_wording()
ASK = "how do i end a restraining order"
HEADER = "x-telegram-bot-api-secret-token"


@pytest.fixture
def chat():
    return Chat()


def post(body, secret=SECRET):
    content = body if isinstance(body, bytes) else None
    url = f"{stack().url}/webhooks/telegram/webhook"
    headers = {} if secret is None else {HEADER: secret}
    return httpx.post(url, content=content, json=None if content is not None else body, headers=headers, timeout=20)


@pytest.mark.parametrize(("route", "sentence"), CASES, ids=lambda v: str(v)[:50])
def test_each_situation_reaches_its_path_with_buttons_alone(chat, route, sentence):
    text = chat.say(sentence)["text"]
    for _ in range(TURNS - 1):
        if route_of(text, "text"):
            break
        titles = list(chat.buttons())
        number = choice_of(titles, ROUTES[route]["person"])
        assert number, text
        text = chat.press(titles[number - 1])["text"]
    whole = "\n\n".join(m["text"] for m in chat.got)
    assert route_of(whole, "text") == route, whole
    assert "not legal advice" in whole and "Find a lawyer" in whole


def test_one_turn_is_one_message_with_one_choice_a_row(chat):
    chat.say("there is a final restraining order against me and i want to end it")
    assert len(chat.got) == 1
    states = {name for page in pages() for name, _payload in page}
    for row in chat.last["reply_markup"]["inline_keyboard"]:
        assert len(row) == 1 or {button["text"] for button in row} <= states
        assert all(len(button["callback_data"].encode()) <= 64 for button in row)
    assert chat.last["text"].count("not legal advice") == 1


def test_typed_titles_and_digits_choose_too(chat):
    assert "Who are you" in chat.say(ASK)["text"]
    assert "How far along" in chat.say("The order is against me")["text"]
    assert "Which state" in chat.say("2")["text"]


@pytest.mark.parametrize(
    ("command", "words"),
    [("/start", "computer program"), ("/start from-the-website", "computer program"), ("/help@whichpath_bot", "order"),
     ("/lawyer", "not legal advice"), ("/erase", "erased")],
)  # fmt: skip
def test_commands(chat, command, words):
    assert words in chat.say(command)["text"]


@pytest.mark.parametrize(
    "text", ["/restart", '/inform{"role": "king"}', "/EXTERNAL_reminder", "/", "//", "\x00\u202e", "😀"]
)
def test_odd_texts_get_a_sentence(chat, text):
    assert chat.say(text)["text"].strip()


@pytest.mark.parametrize(
    "content",
    [{"photo": [{"file_id": "x"}]}, {"voice": {"file_id": "x", "duration": 3}}, {"sticker": {"file_id": "x"}},
     {"document": {"file_id": "x"}}, {"location": {"latitude": 1.0, "longitude": 1.0}}, {"video_note": {}}],
    ids=lambda c: next(iter(c)),
)  # fmt: skip
def test_what_is_no_text_gets_a_sentence(chat, content):
    assert chat.sends(**content)["text"] == WORDING.media


def test_words_below_a_picture_are_read(chat):
    text = chat.sends(photo=[{"file_id": "x"}], caption=ASK)["text"]
    assert "Who are you" in text and WORDING.media in text


def test_an_edited_message_gets_a_sentence_and_no_turn(chat):
    chat.say(ASK)
    message = {**chat.api.new_message(chat.id, text="other words"), "edit_date": int(time.time())}
    got = chat._answered(lambda: chat.deliver(edited_message=message))
    assert got["text"] == WORDING.edited
    assert "How far along" in chat.say("The order is against me")["text"]


def test_groups_channels_and_bots_are_not_answered(chat):
    chat.say("hello")
    calls = len(chat.api.calls)
    message = chat.api.new_message(chat.id, text=ASK)
    group = {**message, "chat": {"id": -100123, "type": "supergroup", "title": "x"}}
    for content in (
        {"message": group},
        {"channel_post": {**group, "chat": {"id": -100124, "type": "channel"}}},
        {"edited_channel_post": group},
        {"message": {**message, "from": {"id": 1, "is_bot": True}}},
        {"poll": {"id": "1"}},
        {"message_reaction": {}},
        {"callback_query": {"id": "5", "from": {"id": chat.id}, "data": "x", "inline_message_id": "1"}},
        {"edited_message": {**{k: v for k, v in message.items() if k != "text"}, "location": {}}},
        {"my_chat_member": {"chat": {"id": -1, "type": "group"}, "new_chat_member": {"status": "kicked"}}},
    ):
        assert chat.deliver(**content).status_code == 200
    time.sleep(1)
    assert len(chat.api.calls) == calls


def test_the_same_update_is_answered_once(chat):
    update = chat.api.update(message=chat.api.new_message(chat.id, text=ASK))
    for _ in range(4):
        assert post(update).status_code == 200
    wait_for(chat.bot_messages)
    time.sleep(1)
    assert len(chat.bot_messages()) == 1


def test_a_button_that_we_never_made_does_nothing(chat):
    chat.say(ASK)
    for data in ("/restart", "p:" + "0" * 24, "x" * 64, '/inform{"role": "king"}'):
        update = chat.api.press(chat.last, data)
        assert chat._answered(lambda update=update: chat.api.deliver(update))["text"] == WORDING.old_button
        assert chat.api.queries[update["callback_query"]["id"]]


def test_an_old_button_still_works(chat):
    first = chat.say(ASK)
    title, token = next(iter(chat.buttons().items()))
    assert title == "I asked for the order"
    chat.say("thank you")
    assert "How far along" in chat._answered(lambda: chat.api.deliver(chat.api.press(first, token)))["text"]


def test_a_query_that_is_too_old_to_be_answered_holds_up_nothing(chat):
    first = chat.say(ASK)
    update = chat.api.press(first, chat.buttons()["The order is against me"])
    del chat.api.queries[update["callback_query"]["id"]]
    assert "How far along" in chat._answered(lambda: chat.api.deliver(update))["text"]


def test_forged_ones_are_refused(chat):
    update = chat.api.update(message=chat.api.new_message(chat.id, text=ASK))
    for secret in (None, "", "wrong", SECRET[:-1], SECRET + "x", SECRET.upper(), "é".encode()):
        assert post(update, secret).status_code == 403
    time.sleep(0.5)
    assert not chat.bot_messages()


@pytest.mark.parametrize(
    "body",
    [b"", b"null", b"[]", b"{", b"\xff", b"[" * 100_000, b'{"update_id": "x"}', b'{"update_id": -1}', b'{"update_id": true}',
     b'{"message": {}}', b'{"update_id": NaN}', b'{"a": "' + b"x" * 300_000 + b'"}'],
    ids=lambda b: repr(b[:16]),
)  # fmt: skip
def test_malformed_ones_are_refused_and_none_with_a_500(body):
    assert post(body).status_code in (400, 413)


@pytest.mark.parametrize(
    "content",
    [{"message": None}, {"message": []}, {"message": {"chat": 5}}, {"message": {"chat": {"id": "x", "type": "private"}}},
     {"message": {"chat": {"id": 10**400, "type": "private"}, "text": "x"}}, {"callback_query": {}}, {"callback_query": []},
     {"callback_query": {"id": 5, "from": [], "message": 3, "data": {}}}, {"my_chat_member": {"chat": {}}}, {}],
    ids=lambda c: repr(c)[:40],
)  # fmt: skip
def test_strange_ones_are_acknowledged(content):
    import json

    assert post(json.dumps({"update_id": int(time.time() * 1e6), **content}).encode()).status_code == 200


def test_retry_after_is_obeyed(chat):
    chat.api.new_message(chat.id, text="x")
    chat.api.faults["sendMessage"] = [Fault(429, "Too Many Requests: retry after 2", {"retry_after": 2})]
    chat.api.limit_until[chat.id] = time.time() + 2
    began = time.time()
    assert chat.say(ASK)["text"]
    assert time.time() - began >= 2
    assert len(chat.bot_messages()) == 1


def test_bad_moments_of_the_bot_api(chat):
    chat.api.faults["sendMessage"] = [Fault(500, "Internal Server Error"), Fault(502, "Bad Gateway")]
    assert chat.say(ASK)["text"]
    time.sleep(1)
    assert len(chat.bot_messages()) == 1


def test_whoever_blocks_the_bot_is_forgotten(chat):
    chat.say(ASK)
    sender = sender_of(chat)
    assert rows("threads", sender) == 1
    change = {
        "chat": {"id": chat.id, "type": "private"},
        "from": {"id": chat.id},
        "new_chat_member": {"status": "kicked"},
    }
    chat.deliver(my_chat_member=change)
    wait_for(lambda: not rows("threads", sender) and not rows("addresses", sender))
    other = Chat()
    other.say(ASK)
    other.api.blocked.add(other.id)
    other.deliver(message=other.api.new_message(other.id, text="1"))
    wait_for(lambda: not rows("threads", sender_of(other)) and not rows("inbox", sender_of(other)))


def test_erase_deletes_both_sides_and_says_what_stays(chat):
    chat.say("my name is Zebulon Quagmire and there is a final order against me")
    chat.press(next(title for title in chat.buttons() if not title.endswith("▸")))
    old = chat.api.new_message(chat.id, text="from last week")
    old["date"] -= 50 * 3600
    sender = sender_of(chat)
    assert rows("events", sender)
    text = chat.say("/erase")["text"]
    assert "erased" in text and "48 hours" in text and "cannot delete" in text
    left = [m["text"] for m in chat.api.messages[chat.id].values()]
    assert left == ["from last week", text]
    wait_for(lambda: not any(rows(table, sender) for table in ("events", "inbox", "threads", "addresses")))
    files = database_bytes(stack().folder)
    assert b"Quagmire" not in files and sender.encode() not in files


def test_no_id_and_no_words_in_any_log_or_table(chat):
    import sqlite3

    words = "xylophone grandfather"
    chat.say(f"my {words} has a restraining order against me, how do i end it")
    with sqlite3.connect(stack().folder / "whichpath.db") as db:
        tables = [name for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        kept = {name: repr(db.execute(f"SELECT * FROM {name}").fetchall()) for name in tables}
    log = stack().log()
    assert words not in log and str(chat.id) not in log and "bot123456789:" not in log
    assert not [name for name, text in kept.items() if str(chat.id) in text]
    assert [name for name, text in kept.items() if words in text] == ["events"]


def sender_of(chat):
    import hmac

    key = stack().environment["WHICHPATH_SECRET"].encode()
    signed = hmac.new(key, f"sender:telegram\0{chat.id}".encode(), hashlib.sha256).hexdigest()[:40]
    return f"telegram:{signed}"
