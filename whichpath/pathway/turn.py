"""What goes into a turn of the conversation and what comes out. Plain data, no Rasa."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from whichpath.library.situation import FLAGS, MATTERS, ROLES, SIDES, STAGES, Situation

#: Facts of the situation that a message can tell, with the values allowed (``None``: checked elsewhere).
FACTS: dict[str, tuple[str, ...] | None] = {
    "matter": MATTERS,
    "role": ROLES,
    "stage": STAGES,
    "side": SIDES,
    "state": None,
}
#: The person asks for a reminder, says that the phone is safe for it, or wants none.
REMINDER = ("yes", "safe", "no")
#: How sure the classifier has to be that a message of danger asks a legal question too.
LEGAL_TOO = 0.4
#: A bare "no contact order" is a civil order or a condition of bail: who can end it differs.
_TWO_COURTS = re.compile(r"\b(no|stay)[ -](contact|away)\b", re.IGNORECASE)
_PAYLOAD = re.compile(r"^/(?P<intent>[a-z_]+)(?P<entities>\{.*\})?$")


@dataclass(frozen=True)
class Reading:
    """One message as understood.

    ``found`` maps facts to values, ``choice`` is the number of a choice the person typed,
    ``dates`` is the same day as ``date`` by what day it is where the person is ("tomorrow"),
    ``others`` are further topics in the same message, ``nearest`` the likeliest intents,
    ``reminder`` what is said of reminders, ``channel`` where the message came in.
    ``elsewhere`` is a second state of the message, ``lives_in`` one that somebody merely lives in.
    ``vague`` tells that the words only point back at what was said before ("what about the other thing").
    ``two_courts`` tells that it speaks of an order which civil and criminal courts both make, not which one.
    """

    intent: str
    found: Mapping[str, str] = field(default_factory=dict)
    flags: frozenset[str] = frozenset()
    date: str | None = None
    dates: Mapping[str, str] = field(default_factory=dict)
    choice: int | None = None
    others: tuple[str, ...] = ()
    nearest: tuple[str, ...] = ()
    legal_intent: str | None = None
    pressed: bool = False
    words: int = 0
    vague: bool = False
    two_courts: bool = False
    elsewhere: str | None = None
    lives_in: str | None = None
    reminder: str | None = None
    channel: str | None = None


def reading_of(message: Mapping[str, Any]) -> Reading:
    """The ``latest_message`` of a Rasa tracker as a :class:`Reading`. Unknown values are left out."""
    found: dict[str, str] = {}
    flags, date, dates, choice, reminder = set(), None, {}, None, None
    vague = False
    elsewhere = lives_in = None
    for entity in message.get("entities") or ():
        name, value = entity.get("entity"), entity.get("value")
        if name in FACTS and isinstance(value, str) and (FACTS[name] is None or value in FACTS[name]):
            if name == "state":
                elsewhere = elsewhere or (value if found.get(name, value) != value else None)
                lives_in = value if entity.get("lives") else lives_in
            found.setdefault(name, value)
        elif name == "flag" and value in FLAGS:
            flags.add(value)
        elif name == "date" and isinstance(value, str):
            dates = dates if date else dict(entity.get("by_day") or {})
            date = date or value
        elif name == "reminder" and value in REMINDER:
            reminder = value
        elif name == "follow_up":
            vague = True
        elif name == "choice" and str(value).isdigit():
            choice = int(value)
    danger = message.get("danger") or {}
    return Reading(
        intent=(message.get("intent") or {}).get("name") or "nlu_fallback",
        found=found,
        flags=frozenset(flags),
        date=date,
        dates=dates,
        choice=choice,
        others=tuple(t["name"] for t in message.get("topics") or ()),
        nearest=tuple(r["name"] for r in message.get("intent_ranking") or ()),
        legal_intent=danger.get("legal_intent") if danger.get("legal_confidence", 0) >= LEGAL_TOO else None,
        pressed=str(message.get("text") or "").startswith("/"),
        words=len(str(message.get("text") or "").split()),
        vague=vague,
        two_courts="matter" not in found and bool(_TWO_COURTS.search(str(message.get("text") or ""))),
        elsewhere=elsewhere,
        lives_in=lives_in,
        reminder=reminder,
    )


def reading_of_payload(payload: str) -> Reading:
    """A button payload such as ``/inform{"role": "protected"}`` as a :class:`Reading`.

    Raises:
        ValueError: it is no payload.
    """
    match = _PAYLOAD.match(payload)
    if not match:
        raise ValueError(f"not a payload: {payload!r}")
    entities = json.loads(match["entities"] or "{}")
    rows = [{"entity": name, "value": value} for name, value in entities.items()]
    return reading_of({"intent": {"name": match["intent"]}, "entities": rows, "text": payload})


@dataclass(frozen=True)
class Dialogue:
    """Where the conversation stands. Kept in the slot ``dialogue`` as a plain mapping.

    ``chosen`` are the facts the person chose or confirmed (not merely read out of a message);
    ``helped`` the questions explained once; ``skipped`` those left open; ``menu`` the payloads of
    the choices offered last; ``misses`` how many turns in a row were not understood; ``others`` the
    topics raised beside the main one and not answered yet; ``hearing`` is the day that was said back,
    ``reminder`` is ``on`` where reminders were agreed on, ``elsewhere`` is a second state of the story.
    """

    goal: str | None = None
    question: str | None = None
    chosen: tuple[str, ...] = ()
    helped: tuple[str, ...] = ()
    skipped: tuple[str, ...] = ()
    menu: tuple[str, ...] = ()
    misses: int = 0
    route: str | None = None
    told: bool = False
    others: tuple[str, ...] = ()
    hearing: str | None = None
    reminder: str | None = None
    elsewhere: str | None = None

    def with_(self, **changes: object) -> Dialogue:
        """A copy with ``changes``."""
        return replace(self, **changes)  # type: ignore[arg-type]

    def to_slot(self) -> dict[str, Any]:
        """As JSON-ready mapping, only what differs from a fresh dialogue."""
        fresh = asdict(Dialogue())
        return {k: v for k, v in asdict(self).items() if v != fresh[k]}

    @classmethod
    def from_slot(cls, value: Mapping[str, Any] | None) -> Dialogue:
        """The inverse of :meth:`to_slot`; fields it does not know are ignored (older trackers)."""
        known = cls.__dataclass_fields__
        row = {k: tuple(v) if isinstance(v, list) else v for k, v in (value or {}).items() if k in known}
        return cls(**row)


@dataclass(frozen=True)
class Utter:
    """A response of ``domain.yml`` by name, with values for its placeholders and further choices.

    ``data`` goes to the channel beside the words.
    """

    name: str
    values: Mapping[str, str] = field(default_factory=dict)
    choices: tuple[str, ...] = ()
    data: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Tell:
    """An answer card by id. ``lead`` are responses put before its text, in the same message."""

    card: str
    route: str | None = None
    lead: tuple[str, ...] = ()
    choices: tuple[str, ...] = ()


@dataclass(frozen=True)
class TellState:
    """What the person's state adds: local names, times, forms, help. ``elsewhere``: a second state they named."""

    state: str
    elsewhere: str | None = None


@dataclass(frozen=True)
class TellDay:
    """The day in court, said back: how far off it is on ``today``, what to do by when. ISO dates.

    ``offer`` is a response whose choices stand below it.
    """

    day: str
    today: str
    route: str | None = None
    offer: str | None = None


Message = Utter | Tell | TellState | TellDay


@dataclass(frozen=True)
class Turn:
    """The outcome: what to send, and what to remember."""

    messages: tuple[Message, ...]
    situation: Situation
    dialogue: Dialogue
