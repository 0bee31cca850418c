"""A person on each channel of the running servers, with a common interface."""

from __future__ import annotations

import uuid
from pathlib import Path
from typing import Any

import httpx
import sqlalchemy as sa

from testing.ports import wait_for
from testing.stack import Chat, Phone, stack
from whichpath.store.encryption import Cipher
from whichpath.store.engine import make_engine
from whichpath.store.inbox import Inbox
from whichpath.store.schema import inbox


def inbox_of_stack() -> Inbox:
    """The inbox table of the servers, opened with their key."""
    return Inbox(make_engine(stack().environment["WHICHPATH_DB_URL"]), Cipher(b"a secret for the tests alone"))


def settle() -> None:
    """Waits until no message is waiting for its answer."""

    def waiting() -> bool:
        with inbox_of_stack().engine.connect() as db:
            return db.execute(sa.select(inbox.c.seq)).first() is not None

    wait_for(lambda: not waiting())


class OnSms(Phone):
    """A person on SMS."""

    erase = "erase"

    def say(self, text: str, **more: str) -> str:
        answer = super().say(text, **more)
        settle()
        return answer


class OnTelegram(Chat):
    """A person on Telegram. An answer may have several messages."""

    erase = "/erase"

    def say(self, text: str) -> str:
        before = max((m["message_id"] for m in self.bot_messages()), default=0)
        super().say(text)
        settle()
        return "\n".join(m["text"] for m in self.bot_messages() if m["message_id"] > before)


class OverRest:
    """A person on REST."""

    erase = "/erase"

    def __init__(self) -> None:
        self.sender = uuid.uuid4().hex

    def say(self, text: str) -> str:
        body = {"sender": self.sender, "message": text}
        answer = httpx.post(f"{stack().url}/webhooks/rest/webhook", json=body, timeout=40)
        return "\n".join(message.get("text", "") for message in answer.json())


class OnTheWeb:
    """A person on the website."""

    erase = "/erase"

    def __init__(self) -> None:
        self.session: str | None = None

    def say(self, text: str) -> str:
        answer = httpx.post(
            f"{stack().url}/chat/message", json={"session": self.session, "text": text}, timeout=40
        ).json()
        self.session = answer["session"]
        return "\n".join(message.get("text", "") for message in answer["messages"])

    def leave(self) -> None:
        """As "Exit this page" does."""
        assert httpx.post(f"{stack().url}/chat/end", json={"session": self.session}, timeout=40).status_code < 300


PEOPLE: dict[str, Any] = {"sms": OnSms, "telegram": OnTelegram, "rest": OverRest, "web": OnTheWeb}


def found(*words: str) -> list[str]:
    """The columns and files that contain any of ``words``, including logs and the write-ahead log."""
    places = []
    engine = inbox_of_stack().engine
    tables = sa.MetaData()
    tables.reflect(engine)
    with engine.connect() as db:
        for table in tables.sorted_tables:
            for row in db.execute(sa.select(table)):
                places += [
                    f"{table.name}.{column}"
                    for column, value in row._mapping.items()
                    if any(word.casefold() in str(value).casefold() for word in words)
                ]
    for path in filter(Path.is_file, stack().folder.rglob("*")):
        if path.name.endswith("-shm"):
            continue  # an index without texts, which SQLite may remove at any time
        content = path.read_bytes().lower()
        places += [path.name for word in words if word.lower().encode() in content]
    return places
