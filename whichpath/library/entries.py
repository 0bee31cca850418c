"""Question entries: one question that people ask, with its reviewed answers.

Their files are ``content/questions/<topic>.yml``. How to write an answer: ``CONTRIBUTING.md``.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, Literal, TypeAlias

from pydantic import BaseModel, Extra, Field, root_validator, validator

from whichpath.library.files import CONTENT, ContentError, read_yaml, validated
from whichpath.library.situation import Situation

#: Facts of a situation that ``fits`` may require, with their values.
FOR: dict[str, tuple[str, ...]] = {
    "role": ("protected", "restrained", "third_party"),
    "stage": ("none", "temporary", "final"),
    "matter": ("civil_order", "criminal_case", "criminal_no_contact_order"),
    "outcome": ("petition_denied", "motion_denied", "ended"),
    "order_type": (
        "domestic", "harassment_stalking", "workplace", "elder", "emergency", "red_flag", "criminal", "military",
        "tribal", "other",
    ),
}  # fmt: skip
#: Fields of a state's rules that an answer may include (``by_state``).
STATE_FIELDS = (
    "kinds", "hearing", "length", "end", "withdraw", "answer", "dissolve", "appeal", "extend", "emergency", "forms",
    "fee", "service", "denied", "guns", "address", "advocate", "help",
)  # fmt: skip
ANSWER_WORDS, STEP_WORDS, FOLD_WORDS, STEPS, QUESTION_CHARS, SMS_CHARS = 45, 20, 80, 3, 60, 200
_STRICT = {"extra": Extra.forbid, "frozen": True}
#: The topic of paths. Their ids are the route ids.
PATH = "path"
#: Facts that the bot may ask for where an answer depends on them, in the order of asking.
ASKED = ("role", "stage", "matter")


def one_of(name: str) -> Callable[[str], str]:
    """A pydantic validator: accepts only the values of the fact ``name`` in :data:`FOR`."""

    def check(value: str) -> str:
        if value not in FOR[name]:
            raise ValueError(f"'{value}' is none of {', '.join(FOR[name])}")
        return value

    return check


def words(text: str) -> int:
    """The number of words as a reader counts them."""
    return len(text.split())


class Source(BaseModel, **_STRICT):
    """The source of a statement: a statute, or a page with its address.

    ``page_date`` is the date printed on the page; ``says`` records what was read, numbers included.
    """

    title: str = Field(min_length=3)
    url: str | None = Field(None, regex=r"^https?://\S+$")
    page_date: str | None = None
    says: str | None = None


class Review(BaseModel, **_STRICT):
    """Who reviewed an answer, and when."""

    by: str = Field(min_length=2)
    on: dt.date


class Fold(BaseModel, **_STRICT):
    """A section of an answer that the reader opens."""

    title: str = Field(min_length=3, max_length=40)
    text: str = Field(min_length=10)

    @validator("text")
    def _short(cls, value: str) -> str:
        if words(value) > FOLD_WORDS:
            raise ValueError(f"{words(value)} words, at most {FOLD_WORDS}")
        return value.strip()


#: Facts of a person, each with the values that fit.
Fits: TypeAlias = dict[str, tuple[str, ...]]


def known_facts(value: dict[str, Any] | None) -> Fits:
    """Checks the names and values of facts; a single value may stand without a list."""
    fits = {k: (v,) if isinstance(v, str) else tuple(v) for k, v in (value or {}).items()}
    for name, wanted in fits.items():
        if name not in FOR:
            raise ValueError(f"'{name}' is none of {', '.join(FOR)}")
        for one in wanted:
            if one not in FOR[name]:
                raise ValueError(f"{name} '{one}' is none of {', '.join(FOR[name])}")
    return fits


def matched(fits: Fits, known: Situation) -> tuple[int, int] | None:
    """(number of matching facts, number of required facts not known yet); ``None`` where a fact contradicts."""
    match = unknown = 0
    for name, wanted in fits.items():
        value = getattr(known, name)
        if value is None and name == "matter" and "civil_order" in wanted:
            match += 1  # an order is civil unless stated otherwise
        elif value is None:
            unknown += 1
        elif value in wanted:
            match += 1
        else:
            return None
    return match, unknown


class Variant(BaseModel, **_STRICT):
    """One reviewed answer, and for whom it is true. A fact missing from ``fits`` may have any value."""

    fits: Fits = {}
    answer: str = Field(min_length=10)
    do: tuple[str, ...] = ()
    more: tuple[Fold, ...] = ()
    sms: str = Field(min_length=10, max_length=SMS_CHARS)
    by_state: tuple[str, ...] = ()
    facts: tuple[str, ...] = ()
    sources: tuple[Source, ...] = ()
    reviewed: dt.date | None = None
    expires: dt.date | None = None
    review: Literal["drafted"] | Review | None = None

    _fits = validator("fits", pre=True, allow_reuse=True)(known_facts)

    @validator("answer")
    def _answer_short(cls, value: str) -> str:
        if words(value) > ANSWER_WORDS:
            raise ValueError(f"{words(value)} words, at most {ANSWER_WORDS}")
        return value.strip()

    @validator("do")
    def _steps(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if len(value) > STEPS:
            raise ValueError(f"{len(value)} steps, at most {STEPS}")
        for step in value:
            if words(step) > STEP_WORDS:
                raise ValueError(f"a step of {words(step)} words, at most {STEP_WORDS}: {step}")
        return value

    def fit(self, known: Situation) -> tuple[int, int] | None:
        """(number of matching facts, number of required facts not known yet); ``None`` where a fact contradicts."""
        return matched(self.fits, known)

    @validator("by_state", each_item=True)
    def _state_field(cls, value: str) -> str:
        if value not in STATE_FIELDS:
            raise ValueError(f"'{value}' is none of {', '.join(STATE_FIELDS)}")
        return value


class Entry(BaseModel, **_STRICT):
    """One question with its answers. Sources, dates and review apply to each variant without its own."""

    id: str = Field(regex=r"^[a-z][a-z0-9_]*$")
    question: str = Field(min_length=6, max_length=QUESTION_CHARS)
    topic: str
    variants: tuple[Variant, ...]
    sources: tuple[Source, ...] = ()
    reviewed: dt.date
    expires: dt.date
    review: Literal["drafted"] | Review = "drafted"
    next: tuple[str, ...] = ()
    #: To whom the question is offered as a button without having asked it; everybody where empty.
    offered_to: Fits = {}
    #: The order type that the question names, if any: only state rules on this type are shown.
    order_type: str | None = None

    _kind = validator("order_type", allow_reuse=True)(one_of("order_type"))
    _offered = validator("offered_to", pre=True, allow_reuse=True)(known_facts)

    @root_validator(skip_on_failure=True)
    def _complete(cls, values: dict[str, Any]) -> dict[str, Any]:
        if not values["variants"] or len(values["next"]) > 3:
            raise ValueError("at least one variant, at most 3 questions in 'next'")
        for variant in values["variants"]:
            if not (variant.sources or values["sources"]):
                raise ValueError("a variant without a source")
        if values["expires"] <= values["reviewed"]:
            raise ValueError("'expires' is not after 'reviewed'")
        return values

    @property
    def payload(self) -> str:
        """The payload of the button that asks it. A path is requested by the goal that leads to it."""
        topic = "end_order" if self.topic == PATH else self.topic
        return f'/{topic}{{"question": "{self.id}"}}'

    def choices(self, known: Situation) -> list[int]:
        """Indices of the variants that may be shown: one, or several that differ by facts not known yet.

        Empty where none fits: the question does not concern this person, or no answer is written for them.
        """
        fitting = {n: fit for n, v in enumerate(self.variants) if (fit := v.fit(known)) is not None}
        sure = {n: fit for n, fit in fitting.items() if fit[1] == 0}
        if sure:
            return [max(sure, key=lambda n: sure[n][0])]
        # An outcome or an order type that was not mentioned is assumed only if every variant requires one.
        plain = [n for n in fitting if not {"outcome", "order_type"} & self._unknown(n, known)]
        return plain or list(fitting)

    def offered(self, known: Situation) -> bool:
        """Whether it is a likely next question of this person."""
        return matched(self.offered_to, known) is not None

    def missing(self, choices: Iterable[int], known: Situation) -> str | None:
        """The first fact to ask for that distinguishes the ``choices``; ``None`` where there is none."""
        unknown = [self._unknown(n, known) for n in choices]
        return next((name for name in ASKED if any(name in u for u in unknown)), None)

    def _unknown(self, number: int, known: Situation) -> set[str]:
        return {name for name in self.variants[number].fits if getattr(known, name) is None}

    def sources_of(self, variant: Variant) -> tuple[Source, ...]:
        """The sources of a variant, or else of the entry."""
        return variant.sources or self.sources

    def reviewed_on(self, variant: Variant) -> dt.date:
        """The date of a variant's last review, or else of the entry's."""
        return variant.reviewed or self.reviewed

    def fresh(self, variant: Variant, today: dt.date) -> bool:
        """Whether a variant is not expired on ``today``."""
        return today <= (variant.expires or self.expires)


def read_entries(folder: Path) -> list[Entry]:
    """Every entry in ``folder/*.yml``.

    Raises:
        ContentError: names file, entry and field of the first fault.
    """
    entries = []
    for path in sorted(folder.glob("*.yml")):
        rows = read_yaml(path)
        if not isinstance(rows, list):
            raise ContentError(f"{path.name}: a list of entries is expected")
        for number, row in enumerate(rows, 1):
            name = row.get("id", f"number {number}") if isinstance(row, dict) else f"number {number}"
            entry = validated(Entry, row, f"{path.name}, entry {name}")
            if entry.topic != path.stem and folder.name != "paths":
                raise ContentError(
                    f"{path.name}, entry {entry.id}, field 'topic': '{entry.topic}' is not the file's name"
                )
            entries.append(entry)
    return entries


class Answers:
    """All question entries and path cards, by id."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        self.entries: dict[str, Entry] = {}
        for entry in entries:
            if entry.id in self.entries:
                raise ContentError(f"entry '{entry.id}' stands twice")
            self.entries[entry.id] = entry

    def __getitem__(self, entry_id: str | None) -> Entry:
        return self.entries[entry_id or ""]

    def get(self, entry_id: str | None) -> Entry | None:
        """The entry, or ``None``."""
        return self.entries.get(entry_id or "")

    def __contains__(self, entry_id: str | None) -> bool:
        return entry_id in self.entries

    def __iter__(self) -> Iterator[Entry]:
        return iter(self.entries.values())

    def __len__(self) -> int:
        return len(self.entries)

    def questions(self) -> list[Entry]:
        """All entries except paths."""
        return [entry for entry in self if entry.topic != PATH]


def load_answers(folder: Path = CONTENT) -> Answers:
    """Reads ``folder/questions`` and ``folder/paths``; :class:`ContentError` names the first fault."""
    return Answers([*read_entries(folder / "questions"), *read_entries(folder / "paths")])
