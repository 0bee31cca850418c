"""While the database refuses writes, people on SMS and Telegram are told so once, and no message is lost."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from xml.etree import ElementTree

import pytest
from sqlalchemy.exc import OperationalError

import whichpath.channels.outbox
from testing.ports import wait_for
from testing.stack import Chat, Phone, Stack, stack, telegram
from whichpath.channels.outbox import Outbox
from whichpath.library.phrases import load_phrases
from whichpath.store.encryption import Cipher
from whichpath.store.inbox import Inbox, Work
from whichpath.store.migrate import upgrade
from whichpath.store.tracker import make_engine

ASK = "how do i end a restraining order"


@contextmanager
def locked(running: Stack) -> Iterator[None]:
    """Holds a write lock, as another process would."""
    lock = sqlite3.connect(running.folder / "whichpath.db", isolation_level=None)
    lock.execute("BEGIN IMMEDIATE")
    yield
    lock.execute("ROLLBACK")
    lock.close()


def test_whoever_writes_while_it_is_locked_is_told():
    running, phone, chat = stack(), Phone(), Chat()
    update = chat.api.update(message=chat.api.new_message(chat.id, text=ASK))
    with locked(running):
        answer = Phone.post(phone.params(ASK))
        assert telegram().deliver(update, telegram().webhook["url"], tries=2).status_code == 503
        assert [m["text"] for m in chat.bot_messages()] == [load_phrases().unavailable.text], (
            "once, not at each attempt"
        )
    said = [node.text for node in ElementTree.fromstring(answer.text).iter("Message")]
    assert answer.status_code == 200 and len(said) == 1
    assert load_phrases().unavailable.sms in said[0] and said[0].startswith("Hello"), (
        "nothing telling on a locked screen"
    )
    assert "Who are you" in phone.say(ASK)
    assert telegram().deliver(update, telegram().webhook["url"]).status_code == 200  # as Telegram would retry
    wait_for(lambda: "Who are you" in chat.bot_messages()[-1]["text"])


class FailingChannel:
    """A channel whose turns fail with a database error."""

    channel = "sms"

    def __init__(self) -> None:
        self.notified: list[str] = []

    async def answer(self, *_args):
        raise OperationalError("SELECT", {}, Exception("gone"))

    async def apologise(self, address: str) -> None:
        self.notified.append(address)
        raise OSError("and the provider is away too")


async def test_a_message_that_was_taken_in_and_cannot_be_answered(tmp_path, monkeypatch):
    inbox = Inbox(make_engine(f"sqlite:///{tmp_path}/x.db"), Cipher(b"k" * 32))
    upgrade(inbox.engine)
    monkeypatch.setattr(whichpath.channels.outbox, "shared_inbox", lambda: inbox)
    inbox.accept("sms", "1", "sms:1", "+15551230000", {"text": ASK})
    channel, work = FailingChannel(), inbox.claim("sms")
    assert isinstance(work, Work)
    outbox = Outbox(channel)
    await outbox._try(work)
    await outbox._try(work)
    assert channel.notified == ["+15551230000"], "notified once a minute, and no fault on the way loses the message"
    assert inbox.engine.execute("select count(*) from inbox").scalar() == 1


@pytest.mark.parametrize("seconds", [0.0, 3600.0])
async def test_notified_again_after_a_while(monkeypatch, seconds):
    monkeypatch.setattr(whichpath.channels.outbox, "SORRY_EVERY", 60.0 - seconds)
    channel = FailingChannel()
    outbox = Outbox(channel)
    await outbox.apologise("sms:1", "+1")
    await outbox.apologise("sms:1", "+1")
    assert len(channel.notified) == (1 if seconds == 0 else 2)


async def test_a_database_that_hangs_does_not_keep_the_provider_waiting(monkeypatch):
    class Hangs:
        def accept(self, *_args):
            time.sleep(0.5)

    monkeypatch.setattr(whichpath.channels.outbox, "shared_inbox", Hangs)
    monkeypatch.setattr(whichpath.channels.outbox, "WRITE_WITHIN", 0.05)
    with pytest.raises(OSError, match="hangs"):
        await Outbox(FailingChannel()).accept("1", "sms:1", "+1", {"text": ASK})
