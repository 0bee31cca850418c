"""Killed (-9) between acknowledgement and answer: the message is answered once after the restart. SMS and Telegram."""

import datetime as dt
import os
import signal
import time

import pytest
import sqlalchemy as sa
from rasa.shared.core.events import ActionExecuted, BotUttered, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from testing.ports import wait_for
from testing.stack import Chat, Phone, Stack, stack, telegram, texts
from whichpath.channels.guards.turn import said_to
from whichpath.library.phrases import load_phrases
from whichpath.store import schema as tables
from whichpath.store.encryption import Cipher, Unreadable
from whichpath.store.inbox import Inbox, Lost
from whichpath.store.migrate import upgrade
from whichpath.store.reminders import Reminders
from whichpath.store.tracker import make_engine

ASK = "how do i end a restraining order"


def test_killed_between_acknowledgement_and_answer_each_is_answered_once():
    running = stack()
    texts().faults.clear()
    waiting, sent, chat = Phone(), Phone(), Chat()
    # One text that Twilio accepted without our receiving the response.
    texts().faults[:] = ["lost"]
    sent.send(ASK)
    wait_for(sent.inbox)
    # Two unfinished turns: the action server does not answer.
    running.actions.send_signal(signal.SIGSTOP)
    try:
        waiting.send(ASK)
        update = chat.api.update(message=chat.api.new_message(chat.id, text=ASK))
        assert telegram().deliver(update, telegram().webhook["url"]).status_code == 200
        time.sleep(0.3)
        running.kill()
        assert not waiting.inbox() and not chat.bot_messages()
    finally:
        running.actions.send_signal(signal.SIGCONT)
    running.restart()
    wait_for(waiting.inbox, 240)
    wait_for(chat.bot_messages, 60)
    running.ready()
    assert telegram().deliver(update, telegram().webhook["url"]).status_code == 200  # Telegram repeats it
    time.sleep(3)
    assert [len(waiting.inbox()), len(sent.inbox()), len(chat.bot_messages())] == [1, 1, 1]
    assert "Who are you" in waiting.inbox()[0] and "Who are you" in chat.bot_messages()[0]["text"]
    # The conversation continues where it was.
    assert "How far along" in waiting.say("2")


@pytest.fixture
def inbox(database_url):
    engine = make_engine(database_url)
    upgrade(engine)
    upgrade(engine)
    return Inbox(engine, Cipher(b"k" * 32))


def lease_over(inbox):
    with inbox.engine.begin() as db:
        db.execute(sa.update(tables.inbox).values(due=0))


def take_in(inbox, provider_id, sender="sms:1"):
    return inbox.accept("sms", provider_id, sender, "+15551230000", {"text": "secret words"})


def test_a_message_is_taken_in_once_and_taken_up_in_order(inbox):
    assert take_in(inbox, "a") and not take_in(inbox, "a") and take_in(inbox, "b") and take_in(inbox, "c", "sms:2")
    first, other = inbox.claim("sms"), inbox.claim("sms")
    assert first.message == {"text": "secret words"} and first.address == "+15551230000"
    assert other.sender_id == "sms:2" and inbox.claim("sms") is None  # b waits for a
    inbox.finish(first)
    assert inbox.claim("sms").attempts == 1
    lease_over(inbox)
    assert inbox.claim("sms").attempts == 2


def test_what_was_answered_and_what_was_sent_is_known_after_a_crash(inbox):
    take_in(inbox, "a")
    work = inbox.claim("sms")
    inbox.keep_answer(work, [{"body": "one"}, {"body": "two"}], {"menu": []}, False)
    inbox.begin(work, 0)
    inbox.sent(work, 1, None)
    inbox.begin(work, 1)
    lease_over(inbox)
    again = inbox.claim("sms")
    assert again.deliveries == [{"body": "one"}, {"body": "two"}] and again.sent == 1 and again.trying is not None


def test_what_another_has_taken_up_is_not_touched_any_more(inbox):
    take_in(inbox, "a")
    slow = inbox.claim("sms")
    inbox.keep(slow)
    lease_over(inbox)
    other = inbox.claim("sms")
    for late in (
        lambda: inbox.keep(slow),
        lambda: inbox.keep_answer(slow, [{"body": "late"}], {}, True),
        lambda: inbox.begin(slow, 0),
        lambda: inbox.sent(slow, 1, {"menu": []}),
        lambda: inbox.postpone(slow, 0),
    ):
        with pytest.raises(Lost):
            late()
    inbox.finish(slow)
    assert inbox.thread("sms:1") == {} and inbox.address("sms:1")
    inbox.begin(other, 0)


def test_nothing_stands_in_the_clear(inbox, tmp_path):
    take_in(inbox, "SM123")
    inbox.keep_answer(inbox.claim("sms"), [{"body": "the answer"}], {"menu": [["Title", "/x"]]}, False)
    stored = b"".join(path.read_bytes() for path in tmp_path.glob("*.db*"))
    with inbox.engine.begin() as db:
        for table in tables.metadata.sorted_tables:
            stored += str(db.execute(sa.select(table)).all()).encode()
    assert b"sms:1" in stored
    for words in (b"secret words", b"5551230000", b"SM123", b"the answer", b"Title"):
        assert words not in stored


def test_forgetting_leaves_nothing_but_what_is_being_answered(inbox):
    take_in(inbox, "a"), take_in(inbox, "b")
    work = inbox.claim("sms")
    inbox.keep_answer(work, [{"body": "erased"}], {"menu": []}, True)
    assert inbox.thread("sms:1") == {} and inbox.address("sms:1") is None
    inbox.finish(work)
    assert inbox.claim("sms") is None
    assert not take_in(inbox, "a")  # a replay is still recognised


def test_an_address_goes_when_it_is_not_needed_any_more(inbox, monkeypatch):
    take_in(inbox, "a")
    assert inbox.address("sms:1") == "+15551230000"
    now = time.time()
    day = dt.datetime.fromtimestamp(now, dt.timezone.utc).date() + dt.timedelta(days=4)
    assert Reminders(inbox.engine).schedule(
        "sms:1", "sms", day, None
    )  # a reminder needs the address until the end of the day
    monkeypatch.setattr(time, "time", lambda: now + 2 * 86400)
    inbox.purge()
    assert inbox.address("sms:1") is not None
    monkeypatch.setattr(time, "time", lambda: now + 6 * 86400)
    inbox.purge()
    assert inbox.address("sms:1") is None


def test_another_key_reads_nothing():
    with pytest.raises(Unreadable):
        Cipher(b"b" * 32).decrypt(Cipher(b"a" * 32).encrypt("words"))


def test_a_turn_that_was_taken_before_the_crash_is_known():
    tracker = DialogueStateTracker("sms:1", [])
    said = BotUttered("Who are you?", {"buttons": [{"title": "A", "payload": "/help"}], "custom": None})
    for event in (UserUttered("hi", message_id="k1"), ActionExecuted("x"), said, ActionExecuted("action_listen")):
        tracker.update(event)
    assert said_to(tracker, "k1") == [{"text": "Who are you?", "buttons": [{"title": "A", "payload": "/help"}]}]
    assert said_to(tracker, "k2") is None and said_to(None, "k1") is None


def test_channels_without_credentials_are_off_and_the_others_work():
    import httpx

    other = Stack(TELEGRAM_TOKEN="broken", TELEGRAM_SECRET="x", TWILIO_AUTH_TOKEN="only this")
    try:
        other.ready()
        for channel in ("sms", "telegram"):
            assert httpx.post(f"{other.url}/webhooks/{channel}/webhook", content=b"a=b").status_code == 403
            assert httpx.get(f"{other.url}/webhooks/{channel}/").json() == {"status": "off"}
        said = httpx.post(f"{other.url}/webhooks/rest/webhook", json={"sender": "a", "message": "hello"}, timeout=30)
        assert said.json()[0]["text"]
        assert (
            "SMS is off: not set: TWILIO_ACCOUNT_SID" in other.log()
            and "Telegram is off: TELEGRAM_TOKEN" in other.log()
        )
        assert "only this" not in other.log() and os.path.exists(other.folder / "whichpath.db")
    finally:
        other.close()


async def test_what_cannot_be_written_down_is_not_acknowledged(monkeypatch, tmp_path):
    from types import SimpleNamespace
    from urllib.parse import urlencode

    from twilio.request_validator import RequestValidator

    import whichpath.channels.outbox
    from whichpath.channels.sms.channel import SmsInput
    from whichpath.channels.sms.conversation import SmsConversation
    from whichpath.channels.sms.webhook import Gate
    from whichpath.providers.twilio_settings import SmsSettings

    without_tables = Inbox(make_engine(f"sqlite:///{tmp_path}/empty.db"), Cipher(b"k" * 32))
    monkeypatch.setattr(whichpath.channels.outbox, "shared_inbox", lambda: without_tables)
    settings = SmsSettings("AC" + "0" * 32, "token", "+15005550006", "https://bot.example.org", "x")
    params = {"MessageSid": "SM" + "0" * 32, "From": "+15551230000", "Body": "hi", "AccountSid": settings.account_sid}
    signature = RequestValidator("token").compute_signature("https://bot.example.org/hook", params)
    request = SimpleNamespace(
        body=urlencode(params).encode(), path="/hook", query_string="", headers={"x-twilio-signature": signature}
    )
    conversation = SmsConversation(settings, None, lambda: None)
    # Twilio does not retry: the person is told at once that the message was not accepted, and whom to call in danger.
    told = await SmsInput(settings)._take_in(request, Gate(settings), conversation)
    assert conversation.worded(load_phrases().unavailable.message()) in told and "911" in told
