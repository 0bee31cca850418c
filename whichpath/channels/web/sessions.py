"""The web sessions that this process has to do with: whose pages are on its lines, whose questions it answers.

What was said in them stands in the transcript (:mod:`whichpath.channels.web.transcript`).
"""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass, field

from whichpath.channels.web.transcript import MemoryTranscript, Transcript
from whichpath.store.identity import new_session, session_sender

#: Sessions in memory at most; the ones without an open page that were used longest ago go first.
SESSIONS = 5_000


@dataclass(slots=True)
class Session:
    """One conversation, as far as this process goes. ``token`` is empty where no page of it was here."""

    token: str
    sender: str
    #: Lines to open pages.
    sockets: set[str] = field(default_factory=set)
    #: Questions that are being answered here.
    running: set[str] = field(default_factory=set)
    #: One turn after the other.
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    #: One delivery to the pages after the other, and how far they have everything.
    delivering: asyncio.Lock = field(default_factory=asyncio.Lock)
    epoch: str = ""
    last: int = 0
    ended: bool = False
    used: float = field(default_factory=time.time)


class Sessions:
    """All of them, by the id that Rasa knows."""

    def __init__(self, transcript: Transcript) -> None:
        self.transcript = transcript
        self._here: OrderedDict[str, Session] = OrderedDict()

    def __iter__(self) -> Iterator[Session]:
        return iter(list(self._here.values()))

    def get(self, sender: str) -> Session | None:
        """The session where it is here."""
        return self._here.get(sender)

    def of(self, sender: str, token: str = "") -> Session:
        """The session of ``sender``, made where it is not here yet."""
        session = self._here.get(sender)
        if session is None:
            session = self._here[sender] = Session(token, sender)
            self._make_room()
        self._here.move_to_end(sender)
        session.token = session.token or token
        session.used = time.time()
        return session

    async def by_token(self, token: object) -> Session | None:
        """The session of a token that we issued; ``None`` where it is forged, too old, ended, or none."""
        sender = session_sender(token)
        if sender is None or await self.transcript.ended(sender):
            return None
        return self.of(sender, str(token))

    def new(self) -> Session:
        """A session nobody has used yet."""
        token = new_session()
        sender = session_sender(token)
        assert sender is not None
        return self.of(sender, token)

    def drop(self, session: Session) -> None:
        """It has ended."""
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
