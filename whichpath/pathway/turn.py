"""The input and output of a turn. Plain data, no Rasa."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from whichpath.library.asks import asks
from whichpath.library.situation import FLAGS, MATTERS, ORDER_TYPES, OUTCOMES, ROLES, SIDES, STAGES, Situation
from whichpath.pathway.requests import plain_request

#: Facts of the situation that a message can contain, with the values allowed (``None``: checked elsewhere).
FACTS: dict[str, tuple[str, ...] | None] = {
    "matter": MATTERS,
    "role": ROLES,
    "stage": STAGES,
    "outcome": OUTCOMES,
    "order_type": ORDER_TYPES,
    "side": SIDES,
    "state": None,
}
#: The person asks for a reminder, says that the phone is safe for it, or wants none.
REMINDER = ("yes", "safe", "no")
#: Least confidence that a message of danger asks a legal question too.
LEGAL_TOO = 0.4
#: A bare "no contact order" is a civil order or a condition of bail: who can end it differs.
_TWO_COURTS = re.compile(r"\b(no|stay)[ -](contact|away)\b", re.IGNORECASE)
#: A day that does not exist, a span in place of a day, a place in several states, a place outside the United States.
ODD = ("bad_date", "span", "ambiguous_place", "abroad")
#: Most characters of a message that as a whole may be the answer to a question.
SHORT_TEXT = 60
#: Least confidence of a fact that contradicts an earlier one.
SURE = 0.85
#: The same of the stage: "what if I miss the hearing" sounds like a hearing ahead, but implies none.
SURE_STAGE = 0.93
_PAYLOAD = re.compile(r"^/(?P<intent>[a-z_]+)(?P<entities>\{.*\})?$")


@dataclass(frozen=True)
class Reading:
    """One message as understood.

    ``found`` maps facts to values, ``choice`` is the number of a choice the person typed, ``dates`` is the same day as
    ``date`` by what day it is where the person is ("tomorrow"), ``others`` are further topics in the same message,
    ``nearest`` the likeliest intents, ``reminder`` a request about reminders, ``channel`` where the message came in.
    ``elsewhere`` is a second state of the message, ``lives_in`` one that is only a residence. ``vague``: the words only
    refer back ("what about the other thing"). ``two_courts``: it names an order that civil and criminal courts both
    make, without saying which. ``questions`` are the entries it most resembles, each with its share (0 to 1); ``asked``
    is the entry of a button. ``askers``: how much likelier each is for a role, or in a civil or criminal matter.
    ``asks``: it has the form of a question; ``confidence`` is that of the intent; ``sure`` are the facts read with
    certainty; ``plain`` is ``erase`` or ``restart`` for an unambiguous request. ``text`` is set for a short message
    only, which as a whole may be an answer. ``support``: what is told calls for the hotline, ``likely`` or ``sure``;
    an accused person may tell what they are accused of. ``odd`` holds ambiguous or impossible values, by :data:`ODD`.
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
    questions: tuple[tuple[str, float], ...] = ()
    askers: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    asked: str | None = None
    asks: bool = False
    confidence: float = 1.0
    sure: frozenset[str] = frozenset()
    plain: str | None = None
    odd: Mapping[str, str] = field(default_factory=dict)
    language: str | None = None
    support: str | None = None
    text: str = ""


def reading_of(message: Mapping[str, Any]) -> Reading:
    """The ``latest_message`` of a Rasa tracker as a :class:`Reading`. Unknown values are left out."""
    found: dict[str, str] = {}
    flags, date, dates, choice, reminder = set(), None, {}, None, None
    vague = False
    elsewhere = lives_in = asked = None
    sure: set[str] = set()
    odd: dict[str, Any] = {}
    language = None
    for entity in message.get("entities") or ():
        name, value = entity.get("entity"), entity.get("value")
        if name in FACTS and isinstance(value, str) and ((allowed := FACTS[name]) is None or value in allowed):
            if name == "state":
                elsewhere = elsewhere or (value if found.get(name, value) != value else None)
                lives_in = value if entity.get("lives") else lives_in
            found.setdefault(name, value)
            if entity.get("confidence", 1.0) >= (SURE_STAGE if name == "stage" else SURE):
                sure.add(name)
        elif name == "question" and isinstance(value, str):
            asked = value
        elif name in ODD:
            odd.setdefault(name, str(value))
        elif name == "language":
            language = str(value)
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
    text = str(message.get("text") or "")
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
        pressed=text.startswith("/"),
        words=len(text.split()),
        vague=vague,
        two_courts="matter" not in found and bool(_TWO_COURTS.search(text)),
        elsewhere=elsewhere,
        lives_in=lives_in,
        reminder=reminder,
        questions=tuple((row["name"], float(row["confidence"])) for row in message.get("questions") or ()),
        askers={row["name"]: row["askers"] for row in message.get("questions") or () if row.get("askers")},
        asked=asked,
        asks=asks(text),
        confidence=float((message.get("intent") or {}).get("confidence") or 0.0),
        sure=frozenset(sure),
        plain=plain_request(text),
        odd=odd,
        language=language,
        support=message.get("support"),
        text=text if len(text) <= SHORT_TEXT else "",
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
    """The state of the conversation. Stored in the slot ``dialogue`` as a plain mapping.

    ``chosen`` are the facts the person chose or confirmed (not merely read out of a message); ``helped`` the questions
    explained once; ``skipped`` those left open; ``menu`` the payloads of the choices offered last; ``misses`` how many
    turns in a row were not understood; ``others`` the topics raised beside the main one and not answered yet;
    ``hearing`` is the day that was confirmed, ``reminder`` is ``on`` where reminders were agreed on, ``elsewhere`` is a
    second state of the story. ``last`` is the entry shown last and ``repeats`` which of its forms;
    ``pending`` is the entry that waits for the open question; ``doubt`` is a fact, as (name, value), that contradicts
    what was said before; ``heard`` are the entries that the message before resembled most, with their shares.
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
    last: str | None = None
    repeats: int = 0
    pending: str | None = None
    doubt: tuple[str, ...] = ()
    heard: Mapping[str, float] = field(default_factory=dict)

    def with_(self, **changes: object) -> Dialogue:
        """A copy with ``changes``."""
        return replace(self, **changes)  # type: ignore[arg-type]

    def to_slot(self) -> dict[str, Any]:
        """As a JSON-ready mapping, only what differs from a fresh dialogue."""
        fresh = asdict(Dialogue())
        return {k: v for k, v in asdict(self).items() if v != fresh[k]}

    @classmethod
    def from_slot(cls, value: Mapping[str, Any] | None) -> Dialogue:
        """The inverse of :meth:`to_slot`; fields it does not know are ignored (older trackers)."""
        known = cls.__dataclass_fields__
        row: dict[str, Any] = {
            k: tuple(v) if isinstance(v, list) else v for k, v in (value or {}).items() if k in known
        }
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
    """An answer: variant ``variant`` of entry ``entry``. ``lead`` are responses put before it, in the same message.

    ``form`` is ``answer``; or, where the answer itself was told just before, ``more``: its sections, or ``short``.
    """

    entry: str
    variant: int = 0
    route: str | None = None
    lead: tuple[str, ...] = ()
    choices: tuple[str, ...] = ()
    form: str = "answer"


@dataclass(frozen=True)
class TellState:
    """The state's lines on ``fields``, for one kind of order. ``elsewhere``: a second state they named."""

    state: str
    fields: tuple[str, ...] = ()
    elsewhere: str | None = None
    choices: tuple[str, ...] = ()
    order_type: str | None = None


@dataclass(frozen=True)
class TellDay:
    """The day in court: the days left from ``today``, and the steps. ISO dates.

    ``offer`` is a response whose choices are shown below it. ``alone``: nothing else is shown beside it.
    """

    day: str
    today: str
    route: str | None = None
    offer: str | None = None
    alone: bool = True


Message = Utter | Tell | TellState | TellDay


@dataclass(frozen=True)
class Turn:
    """The result of a turn: what to send, and what to store."""

    messages: tuple[Message, ...]
    situation: Situation
    dialogue: Dialogue
