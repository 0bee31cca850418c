"""One turn in the making: what is known, what was just read, and what all answers need of it."""

from __future__ import annotations

from dataclasses import dataclass, field

from whichpath.library.cards import Card, Library
from whichpath.library.situation import CRIMINAL, Situation
from whichpath.library.topics import BY_STATE, GOALS, QUESTIONS, TOPICS
from whichpath.pathway.clock import Clock
from whichpath.pathway.turn import Dialogue, Message, Reading, Turn, Utter

MAX_CHOICES = 4


@dataclass(frozen=True)
class Talk:
    """One turn in the making: what is known, what was just read."""

    reading: Reading
    situation: Situation
    dialogue: Dialogue
    library: Library
    clock: Clock = field(default_factory=Clock)

    def done(self, *messages: Message, **dialogue: object) -> Turn:
        """The turn with ``messages``; a turn that was understood clears the count of misses."""
        changes = {"misses": 0, "others": self.others(), **dialogue}
        return Turn(messages, self.situation, self.dialogue.with_(**changes))

    def resumed(self, *messages: Message, **dialogue: object) -> Turn:
        """Like :meth:`done`, with the open question put again at the end."""
        question = self.dialogue.question
        if question:
            others = tuple(f"/{t}" for t in self.others()[:1])
            messages = (*messages, Utter(self.named("ask", question), choices=others))
        return self.done(*messages, **dialogue)

    def named(self, kind: str, question: str) -> str:
        """The response that puts, explains or repeats ``question``: in a criminal case nobody asked for an order."""
        criminal = "_criminal" if question == "role" and self.situation.matter in CRIMINAL else ""
        return f"utter_{kind}_{question}{criminal}"

    def others(self) -> tuple[str, ...]:
        """Further topics the person raised and was not answered yet, newest message first."""
        raised = dict.fromkeys((*self.reading.others, *self.dialogue.others))
        # Beside a goal, another one is most often the same wish in other words.
        has_goal = self.reading.intent in GOALS or self.dialogue.goal is not None
        wanted = QUESTIONS if has_goal else TOPICS
        return tuple(t for t in raised if t in wanted and t != self.reading.intent)[:MAX_CHOICES]

    @property
    def wants_no_path(self) -> bool:
        """Whether the path was told, or nobody asked for one: a fact more starts none."""
        return self.dialogue.told or self.dialogue.goal is None

    def knowing(self, situation: Situation, **dialogue: object) -> Talk:
        """The same turn with more known."""
        return Talk(self.reading, situation, self.dialogue.with_(**dialogue), self.library, self.clock)


def learned(talk: Talk, *, override: bool) -> Talk:
    """``talk`` with the facts of the message taken in.

    A plain question may fill gaps but not turn over what is known ("what if she texts me?" does
    not change who the order is against). Only an answer, a correction or a button overrides.
    """
    reading, known = talk.reading, talk.situation
    changes = {name: value for name, value in reading.found.items() if override or getattr(known, name) is None}
    # Who made the order decides, not where somebody lives now.
    elsewhere = reading.elsewhere or (reading.lives_in if known.state else None) or talk.dialogue.elsewhere
    if known.state and changes.get("state") == reading.lives_in and reading.intent not in ("correct", "deny"):
        changes.pop("state", None)
    if changes.get("role") in ("protected", "restrained"):
        changes.setdefault("side", None)
    if reading.date and (override or known.hearing_date is None):
        changes["hearing_date"] = reading.date
    flags = known.flags | reading.flags
    chosen = set(talk.dialogue.chosen)
    asked = talk.dialogue.question
    if reading.pressed or reading.intent == "correct" or asked in changes:
        chosen |= set(changes)
    after = known.with_(flags=flags, **changes)
    elsewhere = None if elsewhere == after.state else elsewhere
    return talk.knowing(after, chosen=tuple(sorted(chosen)), elsewhere=elsewhere)


def asks_state(talk: Talk) -> bool:
    """Whether the state is still to be asked for after the answer to the question just read."""
    wanted = talk.reading.intent in BY_STATE and talk.situation.matter not in CRIMINAL
    return wanted and talk.situation.state is None and "state" not in talk.dialogue.skipped


def topic_card(talk: Talk, name: str) -> Card | None:
    return talk.library.for_topic(name, talk.situation)


def topic_choices(talk: Talk, wanted: tuple[str, ...]) -> tuple[str, ...]:
    """Payloads for what else the person asked, then what fits next; no repeats."""
    topics = [t for t in (*talk.others(), *wanted) if t in TOPICS and t != talk.reading.intent]
    return tuple(f"/{topic}" for topic in dict.fromkeys(topics))[: MAX_CHOICES - 1]
