"""The lines of the open web conversations, in order, and the questions that are being answered.

:class:`MemoryTranscript` keeps it in this process, :class:`whichpath.channels.web.shared.SharedTranscript` in Redis for
all of them. Either may be lost at any time; the database has the conversation (``whichpath/channels/web/history.py``).
"""

from __future__ import annotations

import secrets
import time
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, Protocol

from whichpath.channels.output import Message
from whichpath.store.identity import SESSION_SECONDS

#: Most lines of a conversation that are held.
LINES = 400
#: Most question ids held, so that a question sent twice is answered once.
QUESTIONS = 200
#: Most forms of the plain pages held, each with its session, because the Back button sends a form again.
FORMS = 10_000
Entry = dict[str, Any]


class Unreachable(Exception):
    """The transcript is not available: Redis does not answer."""


@dataclass(frozen=True)
class Asked:
    """An accepted question. ``owner`` is the process that answers it, ``again``: another may have tried before."""

    sender: str
    question_id: str
    text: str
    epoch: str
    owner: str = ""
    again: bool = False


class Kept(Enum):
    """The outcome of storing an answer."""

    YES = "yes"
    #: The conversation was erased or ended meanwhile.
    GONE = "gone"
    #: Another process answers the question.
    TAKEN = "taken"
    #: The transcript was lost meanwhile (Redis restarted empty). The database has the conversation.
    LOST = "lost"


class Transcript(Protocol):
    """All conversations, by Rasa's sender id. The shared one raises :class:`Unreachable` from every call."""

    async def ask(self, sender: str, question_id: str, shown: str, text: str) -> Asked | None:
        """Stores a question as an open line. ``None`` for a duplicate, or after the end of the conversation."""

    async def state(self, asked: Asked) -> Kept:
        """The outcome that an answer to the question would have now."""

    async def answer(self, asked: Asked, messages: Sequence[Message], start_over: bool = False) -> Kept:
        """Closes the question with the bot's lines; with ``start_over`` all earlier lines are deleted."""

    async def note(self, sender: str, message: Message) -> None:
        """Stores a line of the bot outside of a turn."""

    async def seen(self, sender: str, question_id: str) -> bool:
        """Whether the question is a duplicate."""

    async def after(self, sender: str, epoch: str, last: int) -> dict[str, Any]:
        """The lines that are missing on a page that has those of ``epoch`` up to ``last``.

        ``{"epoch", "reset", "entries", "open"}``; ``reset``: the page starts over with ``entries``.
        """

    async def blank(self, sender: str) -> bool:
        """Whether the conversation has no lines here."""

    async def fill(self, sender: str, lines: Sequence[Entry]) -> None:
        """Puts lines from the database in (``who``, ``id``, ``text`` or ``message``) where it is blank."""

    async def forget(self, sender: str) -> None:
        """Deletes the lines; pages start over."""

    async def end(self, sender: str) -> None:
        """Deletes the lines and accepts no more."""

    async def ended(self, sender: str) -> bool:
        """Whether it was ended."""

    async def touch(self, senders: Sequence[str]) -> None:
        """Marks conversations with open pages as used."""

    async def used_since(self, sender: str, moment: float) -> bool:
        """Whether it was used since then, or a question is open."""

    async def keep_form(self, question_id: str, token: str) -> str:
        """Stores and returns the session of a form of the plain pages; the first one stored counts."""

    async def form(self, question_id: str) -> str | None:
        """The session stored for a form."""


@dataclass(slots=True)
class _Talk:
    epoch: str = field(default_factory=lambda: secrets.token_hex(6))
    entries: list[Entry] = field(default_factory=list)
    seq: int = 0
    seen: dict[str, None] = field(default_factory=dict)
    open: list[str] = field(default_factory=list)
    used: float = field(default_factory=time.time)

    def note(self, who: str, question_id: str, **more: Any) -> None:
        self.seq += 1
        self.entries.append({"seq": self.seq, "who": who, "id": question_id, **more})
        del self.entries[:-LINES]
        self.used = time.time()

    def remember(self, question_id: str) -> None:
        self.seen[question_id] = None
        if len(self.seen) > QUESTIONS:
            del self.seen[next(iter(self.seen))]


class MemoryTranscript:
    """The transcript in the memory of a single process."""

    def __init__(self) -> None:
        self._talks: dict[str, _Talk] = {}
        self._ended: dict[str, float] = {}
        self._forms: OrderedDict[str, str] = OrderedDict()

    def _of(self, sender: str) -> _Talk:
        talk = self._talks.get(sender)
        if talk is None:
            talk = _Talk()
            if sender not in self._ended:
                self._talks[sender] = talk
        return talk

    async def ask(self, sender: str, question_id: str, shown: str, text: str) -> Asked | None:
        """See :class:`Transcript`, also for the methods below."""
        talk = self._of(sender)
        if sender in self._ended or question_id in talk.seen:
            return None
        talk.remember(question_id)
        talk.note("me", question_id, text=shown)
        talk.open.append(question_id)
        return Asked(sender, question_id, text, talk.epoch)

    async def state(self, asked: Asked) -> Kept:
        talk = self._talks.get(asked.sender)
        return Kept.YES if talk is not None and talk.epoch == asked.epoch else Kept.GONE

    async def answer(self, asked: Asked, messages: Sequence[Message], start_over: bool = False) -> Kept:
        if await self.state(asked) is Kept.GONE:
            return Kept.GONE
        if start_over:
            await self.forget(asked.sender)
        talk = self._of(asked.sender)
        for message in messages:
            talk.note("bot", asked.question_id, message=message)
        if asked.question_id in talk.open:
            talk.open.remove(asked.question_id)
        return Kept.YES

    async def note(self, sender: str, message: Message) -> None:
        self._of(sender).note("bot", "", message=message)

    async def seen(self, sender: str, question_id: str) -> bool:
        return question_id in self._of(sender).seen

    async def after(self, sender: str, epoch: str, last: int) -> dict[str, Any]:
        talk = self._of(sender)
        oldest = talk.entries[0]["seq"] if talk.entries else 1
        known = epoch == talk.epoch and oldest - 1 <= last <= talk.seq
        entries = [e for e in talk.entries if e["seq"] > last] if known else list(talk.entries)
        return {"epoch": talk.epoch, "reset": not known, "entries": entries, "open": list(talk.open)}

    async def blank(self, sender: str) -> bool:
        talk = self._of(sender)
        return sender not in self._ended and not talk.entries and not talk.open

    async def fill(self, sender: str, lines: Sequence[Entry]) -> None:
        if not await self.blank(sender):
            return
        talk = self._of(sender)
        for line in lines:
            if line["who"] == "me":
                talk.remember(line["id"])
            talk.note(line["who"], line["id"], **{k: line[k] for k in ("text", "message") if k in line})

    async def forget(self, sender: str) -> None:
        self._talks[sender] = _Talk()

    async def end(self, sender: str) -> None:
        now = time.time()
        self._ended = {s: at for s, at in self._ended.items() if now - at < SESSION_SECONDS}
        self._ended[sender] = now
        self._talks.pop(sender, None)

    async def ended(self, sender: str) -> bool:
        return sender in self._ended

    async def touch(self, senders: Sequence[str]) -> None:
        for sender in senders:
            self._of(sender).used = time.time()

    async def used_since(self, sender: str, moment: float) -> bool:
        talk = self._talks.get(sender)
        return talk is not None and (bool(talk.open) or talk.used >= moment)

    async def keep_form(self, question_id: str, token: str) -> str:
        first = self._forms.setdefault(question_id, token)
        if len(self._forms) > FORMS:
            self._forms.popitem(last=False)
        return first

    async def form(self, question_id: str) -> str | None:
        return self._forms.get(question_id)

    def drop(self, sender: str) -> None:
        """Drops a conversation to free memory; the database has it."""
        self._talks.pop(sender, None)

    def put_away(self, sender: str) -> None:
        """Drops the lines unless a question is open; the time of last use stays. The database has them."""
        talk = self._talks.get(sender)
        if talk is not None and talk.entries and not talk.open:
            self._talks[sender] = _Talk(used=talk.used)

    @property
    def lines(self) -> int:
        """The number of lines in memory."""
        return sum(len(talk.entries) for talk in self._talks.values())
