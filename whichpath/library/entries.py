"""Question entries: one question that people ask, with its reviewed answers.

They stand in ``content/questions/<topic>.yml``. How an answer is written: ``docs/answers.md``.
"""

from __future__ import annotations

import datetime as dt
from typing import Literal

from pydantic import BaseModel, Extra, Field, root_validator, validator

#: Facts of a situation that a variant can ask for, with their values.
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
#: Fields of a state's rules that an answer can ask for (``by_state``).
STATE_FIELDS = (
    "kinds", "hearing", "length", "end", "withdraw", "answer", "dissolve", "appeal", "extend", "emergency", "forms",
    "fee", "service", "denied", "guns", "address", "advocate", "help",
)  # fmt: skip
ANSWER_WORDS, STEP_WORDS, FOLD_WORDS, STEPS, QUESTION_CHARS, SMS_CHARS = 45, 20, 80, 3, 60, 200
_STRICT = {"extra": Extra.forbid, "frozen": True}


def words(text: str) -> int:
    """How many words a reader counts."""
    return len(text.split())


class Source(BaseModel, **_STRICT):
    """Where a sentence stands: a statute, or a page with its address.

    ``page_date`` is the date on the page as it was read; ``says`` records what was read, numbers included.
    """

    title: str = Field(min_length=3)
    url: str | None = Field(None, regex=r"^https?://\S+$")
    page_date: str | None = None
    says: str | None = None


class Review(BaseModel, **_STRICT):
    """Who checked an answer, and when."""

    by: str = Field(min_length=2)
    on: dt.date


class Fold(BaseModel, **_STRICT):
    """A section that the reader opens."""

    title: str = Field(min_length=3, max_length=40)
    text: str = Field(min_length=10)

    @validator("text")
    def _short(cls, value: str) -> str:
        if words(value) > FOLD_WORDS:
            raise ValueError(f"{words(value)} words, at most {FOLD_WORDS}")
        return value.strip()


class Variant(BaseModel, **_STRICT):
    """One answer, and for whom it is true. A field left out of ``fits`` holds for everybody."""

    fits: dict[str, tuple[str, ...]] = {}
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

    @validator("fits", pre=True)
    def _lists(cls, value: dict) -> dict:
        return {k: (v,) if isinstance(v, str) else tuple(v) for k, v in (value or {}).items()}

    @validator("fits")
    def _known(cls, value: dict[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
        for name, wanted in value.items():
            if name not in FOR:
                raise ValueError(f"'{name}' is none of {', '.join(FOR)}")
            for one in wanted:
                if one not in FOR[name]:
                    raise ValueError(f"{name} '{one}' is none of {', '.join(FOR[name])}")
        return value

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

    @validator("by_state", each_item=True)
    def _state_field(cls, value: str) -> str:
        if value not in STATE_FIELDS:
            raise ValueError(f"'{value}' is none of {', '.join(STATE_FIELDS)}")
        return value


class Entry(BaseModel, **_STRICT):
    """One question with its answers. Sources, dates and review hold for each variant that names none."""

    id: str = Field(regex=r"^[a-z][a-z0-9_]*$")
    question: str = Field(min_length=6, max_length=QUESTION_CHARS)
    topic: str
    variants: tuple[Variant, ...]
    sources: tuple[Source, ...] = ()
    reviewed: dt.date
    expires: dt.date
    review: Literal["drafted"] | Review = "drafted"
    next: tuple[str, ...] = ()

    @root_validator(skip_on_failure=True)
    def _complete(cls, values: dict) -> dict:
        if not values["variants"] or len(values["next"]) > 3:
            raise ValueError("at least one variant, at most 3 questions in 'next'")
        for variant in values["variants"]:
            if not (variant.sources or values["sources"]):
                raise ValueError("a variant without a source")
        if values["expires"] <= values["reviewed"]:
            raise ValueError("'expires' is not after 'reviewed'")
        return values
