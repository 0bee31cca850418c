"""The web sessions of this process: those with connected pages, and those whose questions it answers.

Their content is in the transcript (:mod:`whichpath.channels.web.transcript`).
"""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass, field

from whichpath.channels.web.transcript import MemoryTranscript, Transcript
from whichpath.store.identity import new_session, session_sender

#: Most sessions in memory; least recently used ones without an open page are dropped first.
SESSIONS = 5_000


@dataclass(slots=True)
class Session:
    """One conversation in this process. ``token`` is empty if none of its pages was connected here."""

    token: str
    sender: str
    #: Connections of open pages.
    sockets: set[str] = field(default_factory=set)
    #: Questions that this process is answering.
    running: set[str] = field(default_factory=set)
    #: Serialises turns.
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    #: Serialises deliveries to the pages, and the last line that they have.
    delivering: asyncio.Lock = field(default_factory=asyncio.Lock)
    epoch: str = ""
    last: int = 0
    ended: bool = False
    used: float = field(default_factory=time.time)


class Sessions:
    """All sessions, by Rasa's sender id."""

    def __init__(self, transcript: Transcript) -> None:
        self.transcript = transcript
        self._here: OrderedDict[str, Session] = OrderedDict()

    def __iter__(self) -> Iterator[Session]:
        return iter(list(self._here.values()))

    def get(self, sender: str) -> Session | None:
        """The session, if this process has it."""
        return self._here.get(sender)

    def of(self, sender: str, token: str = "") -> Session:
        """The session of ``sender``, made if missing."""
        session = self._here.get(sender)
        if session is None:
            session = self._here[sender] = Session(token, sender)
            self._make_room()
        self._here.move_to_end(sender)
        session.token = session.token or token
        session.used = time.time()
        return session

    async def by_token(self, token: object) -> Session | None:
        """The session of a valid token; ``None`` where it is forged, expired, ended or missing."""
        sender = session_sender(token)
        if sender is None or await self.transcript.ended(sender):
            return None
        return self.of(sender, str(token))

    def new(self) -> Session:
        """A new session."""
        token = new_session()
        sender = session_sender(token)
        assert sender is not None
        return self.of(sender, token)

    def drop(self, session: Session) -> None:
        """Removes an ended session."""
        session.ended = True
        self._here.pop(session.sender, None)

    def _make_room(self) -> None:
        if len(self._here) <= SESSIONS:
            return
        for sender, session in self._here.items():
            if not session.sockets and not session.running:
                del self._here[sender]
                if isinstance(self.transcript, MemoryTranscript):
                    self.transcript.drop(sender)
                return
