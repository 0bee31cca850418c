"""The state of a running turn: what is known, the reading, and helpers for all handlers."""

from __future__ import annotations

from dataclasses import dataclass, field

from whichpath.library.entries import Answers
from whichpath.library.situation import CRIMINAL, Situation
from whichpath.library.topics import TOPICS
from whichpath.pathway.clock import Clock
from whichpath.pathway.turn import Dialogue, Message, Reading, Turn, Utter

#: Most buttons below a message.
MAX_CHOICES = 3
#: Facts whose contradiction is always asked about.
SAID = ("role", "matter", "stage", "outcome", "side")


@dataclass(frozen=True)
class Talk:
    """The state of a running turn: what is known, and the reading of the message."""

    reading: Reading
    situation: Situation
    dialogue: Dialogue
    library: Answers
    clock: Clock = field(default_factory=Clock)

    def done(self, *messages: Message, **dialogue: object) -> Turn:
        """The turn with ``messages``; a turn that was understood resets the count of misses."""
        changes = {"misses": 0, "others": self.others(), **dialogue}
        return Turn(messages, self.situation, self.dialogue.with_(**changes))

    def resumed(self, *messages: Message, **dialogue: object) -> Turn:
        """Like :meth:`done`, with the open question repeated at the end."""
        question = self.dialogue.question
        if question:
            messages = (*messages, Utter(self.named("ask", question)))
        return self.done(*messages, **dialogue)

    def named(self, kind: str, question: str) -> str:
        """The response that asks, explains or repeats ``question``; in a criminal case nobody asked for an order."""
        criminal = "_criminal" if question == "role" and self.situation.matter in CRIMINAL else ""
        return f"utter_{kind}_{question}{criminal}"

    def others(self) -> tuple[str, ...]:
        """Further topics of the person without an answer yet, newest message first."""
        raised = dict.fromkeys((*self.reading.others, *self.dialogue.others))
        return tuple(t for t in raised if t in TOPICS and t != self.reading.intent)[:MAX_CHOICES]

    @property
    def wants_no_path(self) -> bool:
        """Whether the path was shown, or none was asked for, so that a new fact does not start one."""
        return self.dialogue.told or self.dialogue.goal is None

    @property
    def corrects(self) -> bool:
        """Whether the message says that something was understood wrongly."""
        return self.reading.intent in ("correct", "deny")

    def knowing(self, situation: Situation, **dialogue: object) -> Talk:
        """A copy with more knowledge."""
        return Talk(self.reading, situation, self.dialogue.with_(**dialogue), self.library, self.clock)


def learned(talk: Talk, *, override: bool = False) -> Talk:
    """``talk`` with the facts of the message.

    A stated fact is changed only by an answer to the question, a button or a correction (``override``). A contradicting
    fact that was read with certainty is stored as ``doubt``, to be asked about.
    """
    reading, known = talk.reading, talk.situation
    override = override or reading.pressed or talk.corrects or talk.dialogue.question == "correct"
    changes: dict[str, str | None] = {}
    doubt: tuple[str, ...] = ()
    for name, value in reading.found.items():
        old = getattr(known, name)
        guessed = name not in reading.sure and name != talk.dialogue.question and not override
        if name == "stage" and reading.asks and guessed:
            continue  # «what if I miss the hearing» implies no hearing
        if old is None or override or name == talk.dialogue.question or name not in SAID:
            changes[name] = value
        elif old != value and name in reading.sure and not reading.asks:
            doubt = (name, value)
    # The court that made the order decides, not the residence.
    elsewhere = reading.elsewhere or (reading.lives_in if known.state else None) or talk.dialogue.elsewhere
    said_beside = changes.get("state") == reading.lives_in or reading.asks
    if known.state and "state" in changes and said_beside and not override and talk.dialogue.question != "state":
        # «By mail from Virginia?» names a location, not the court of the order.
        changes.pop("state", None)
    changes = _consistent(changes, known)
    decided = reading.found.get("outcome") is not None
    if reading.date and not decided and (override or known.hearing_date is None or not reading.asks):
        changes["hearing_date"] = reading.date
    after = known.with_(flags=_flags(talk, changes), **changes)
    elsewhere = None if elsewhere == after.state else elsewhere
    chosen = set(talk.dialogue.chosen)
    if override or talk.dialogue.question in changes:
        chosen |= set(changes)
    return talk.knowing(after, chosen=tuple(sorted(chosen)), elsewhere=elsewhere, doubt=doubt)


def _consistent(changes: dict[str, str | None], known: Situation) -> dict[str, str | None]:
    """A new stage cancels the outcome of the order, and a new outcome the stage."""
    if changes.get("role") in ("protected", "restrained"):
        changes.setdefault("side", None)
    if changes.get("stage") in ("temporary", "final") and known.outcome:
        changes.setdefault("outcome", None)
    if changes.get("outcome") == "petition_denied":
        changes.setdefault("stage", None)
    if changes.get("matter") in CRIMINAL and known.matter == "civil_order":
        changes.setdefault("stage", None)
    return changes


def _flags(talk: Talk, changes: dict[str, str | None]) -> frozenset[str]:
    flags = talk.situation.flags | talk.reading.flags
    return flags - {"criminal_alongside"} if changes.get("matter") in CRIMINAL else flags
