"""The web conversations that are open now: what was said, in order, for every tab and after every broken line.

Kept in memory; after a restart of the server it comes back from the database (``channels/web/history.py``).
"""

from __future__ import annotations

import asyncio
import secrets
import time
from collections import OrderedDict
from dataclasses import dataclass, field
from typing import Any

from channels.guards.identity import SESSION_SECONDS, new_session, session_sender
from channels.guards.limits import PER_SESSION, Bucket
from channels.output import Message

#: Lines of a conversation that a page can ask for again.
LINES = 400
#: Question ids remembered, so that a question sent twice over a bad line is answered once.
QUESTIONS = 200
#: Sessions in memory at most; the ones without an open page that were used longest ago go first.
SESSIONS = 5_000
Entry = dict[str, Any]


@dataclass
class Session:
    """One conversation and the pages that show it."""

    token: str
    sender: str
    epoch: str = field(default_factory=lambda: secrets.token_hex(6))
    entries: list[Entry] = field(default_factory=list)
    seq: int = 0
    seen: OrderedDict[str, None] = field(default_factory=OrderedDict)
    #: Questions that are being answered.
    open: list[str] = field(default_factory=list)
    sockets: set[str] = field(default_factory=set)
    bucket: Bucket = field(default_factory=lambda: Bucket(PER_SESSION))
    #: One turn after the other.
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    ended: bool = False
    used: float = field(default_factory=time.time)

    def note(self, who: str, question_id: str, **more: Any) -> Entry:
        """Adds a line and returns it."""
        self.seq += 1
        entry: Entry = {"seq": self.seq, "who": who, "id": question_id, **more}
        self.entries.append(entry)
        del self.entries[:-LINES]
        self.used = time.time()
        return entry

    def first_time(self, question_id: str) -> bool:
        """Whether ``question_id`` is new; remembers it."""
        if question_id in self.seen:
            return False
        self.seen[question_id] = None
        if len(self.seen) > QUESTIONS:
            self.seen.popitem(last=False)
        return True

    def after(self, epoch: str, last: int) -> tuple[bool, list[Entry]]:
        """What a page lacks that has everything up to ``last``; ``True`` first where it has to start over."""
        oldest = self.entries[0]["seq"] if self.entries else 1
        known = epoch == self.epoch and oldest - 1 <= last <= self.seq
        return (False, [e for e in self.entries if e["seq"] > last]) if known else (True, list(self.entries))

    def forget(self) -> None:
        """Empties the conversation; pages start over."""
        self.epoch = secrets.token_hex(6)
        self.entries.clear()
        self.seen.clear()
        self.seq = 0


class Sessions:
    """All of them, by the id that Rasa knows."""

    def __init__(self) -> None:
        self._open: OrderedDict[str, Session] = OrderedDict()
        self._ended: dict[str, float] = {}

    def __iter__(self) -> Any:
        return iter(list(self._open.values()))

    def by_token(self, token: object) -> Session | None:
        """The session of a token that we issued; ``None`` where it is forged, too old, ended, or none."""
        sender = session_sender(token)
        if sender is None or sender in self._ended:
            return None
        session = self._open.get(sender)
        if session is None:
            session = self._open[sender] = Session(str(token), sender)
            self._make_room()
        self._open.move_to_end(sender)
        session.used = time.time()
        return session

    def new(self) -> Session:
        """A session nobody has used yet."""
        session = self.by_token(new_session())
        assert session is not None
        return session

    def end(self, session: Session) -> None:
        """Its token is worth nothing from now on."""
        session.ended = True
        session.forget()
        now = time.time()
        self._ended = {s: at for s, at in self._ended.items() if now - at < SESSION_SECONDS}
        self._ended[session.sender] = now
        self._open.pop(session.sender, None)

    def _make_room(self) -> None:
        if len(self._open) <= SESSIONS:
            return
        for sender, session in self._open.items():
            if not session.sockets and not session.open:
                del self._open[sender]
                return

    @staticmethod
    def messages_of(entries: list[Entry]) -> list[Message]:
        """The bot's part of ``entries``."""
        return [entry["message"] for entry in entries if entry["who"] == "bot"]
