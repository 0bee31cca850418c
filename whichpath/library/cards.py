"""The answer cards: schema, loading and choice.

Everything a lawyer edits stands in ``content/``. A card that does not fit the schema stops the
start with one line that names file, card and field (:class:`ContentError`).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel, Extra, Field, validator

from whichpath.library.files import CONTENT, ContentError, read_yaml, validated
from whichpath.library.gsm7 import GSM7
from whichpath.library.situation import MATTERS, ROLES, ROUTES, STAGES, Situation
from whichpath.library.topics import TOPICS

SMS_CARD_LIMIT = 200


class Source(BaseModel, extra=Extra.forbid):
    """Where a fact stands: a statute, or a page with its address."""

    title: str = Field(min_length=3)
    url: str | None = Field(None, regex=r"^https?://\S+$")


def _subset(allowed: Iterable[str]):
    names = tuple(allowed)

    def check(cls, values: tuple[str, ...]) -> tuple[str, ...]:
        for value in values:
            if value not in names:
                raise ValueError(f"'{value}' is none of {', '.join(names)}")
        return values

    return check


class Card(BaseModel, extra=Extra.forbid, frozen=True):
    """One reviewed answer. Fields: ``docs/architecture.md``."""

    id: str = Field(regex=r"^[a-z][a-z0-9_]*$")
    title: str = Field(min_length=3, max_length=60)
    topic: str | None
    route: str | None
    roles: tuple[str, ...]
    stages: tuple[str, ...]
    matters: tuple[str, ...]
    facts: tuple[str, ...]
    text: str = Field(min_length=80)
    sms: str = Field(min_length=20, max_length=SMS_CARD_LIMIT)
    sources: tuple[Source, ...]
    reviewed: dt.date
    expires: dt.date
    language: str = Field(regex=r"^[a-z]{2}$")
    next: tuple[str, ...] = ()

    _roles = validator("roles", allow_reuse=True)(_subset(ROLES))
    _stages = validator("stages", allow_reuse=True)(_subset(STAGES))
    _matters = validator("matters", allow_reuse=True)(_subset(MATTERS))
    _next = validator("next", allow_reuse=True)(_subset(TOPICS))

    @validator("topic")
    def _known_topic(cls, value: str | None) -> str | None:
        if value is not None and value not in TOPICS:
            raise ValueError(f"'{value}' is not a topic")
        return value

    @validator("route")
    def _known_route(cls, value: str | None) -> str | None:
        if value is not None and value not in ROUTES:
            raise ValueError(f"'{value}' is not a route")
        return value

    @validator("sources")
    def _sourced(cls, value: tuple[Source, ...]) -> tuple[Source, ...]:
        if not value:
            raise ValueError("at least one source is needed")
        return value

    @validator("next")
    def _few(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if len(value) > 3:
            raise ValueError("at most 3 topics")
        return value

    @validator("sms")
    def _gsm7(cls, value: str) -> str:
        odd = sorted({c for c in value if c not in GSM7})
        if odd:
            raise ValueError(f"characters outside GSM-7: {' '.join(odd)}")
        return value.strip()

    @validator("text")
    def _stripped(cls, value: str) -> str:
        return value.strip()

    @validator("expires")
    def _after_review(cls, value: dt.date, values: dict[str, Any]) -> dt.date:
        if "reviewed" in values and value <= values["reviewed"]:
            raise ValueError("is not after 'reviewed'")
        return value

    def fits(self, situation: Situation) -> int | None:
        """How specific the card is to ``situation``: 0 (for everybody) to 3, None where it does not fit."""
        score = 0
        for wanted, value in (
            (self.roles, situation.role),
            (self.stages, situation.stage),
            (self.matters, situation.matter),
        ):
            if wanted:
                if value not in wanted:
                    return None
                score += 1
        return score

    def fresh(self, today: dt.date) -> bool:
        """Whether the card may still be shown."""
        return today <= self.expires


class Library:
    """All cards, indexed by id, topic and route."""

    def __init__(self, cards: Iterable[Card]) -> None:
        self.cards: dict[str, Card] = {}
        for card in cards:
            if card.id in self.cards:
                raise ContentError(f"card '{card.id}' stands twice")
            self.cards[card.id] = card

    def __getitem__(self, card_id: str) -> Card:
        return self.cards[card_id]

    def __iter__(self):
        return iter(self.cards.values())

    def __len__(self) -> int:
        return len(self.cards)

    def for_topic(self, topic: str, situation: Situation) -> Card | None:
        """The most specific card on ``topic`` that fits, None where the library has none."""
        return self._best((c for c in self if c.topic == topic), situation)

    def for_route(self, route: str, situation: Situation) -> Card | None:
        """The most specific card of ``route`` that fits, None where the library has none."""
        return self._best((c for c in self if c.route == route), situation)

    @staticmethod
    def _best(cards: Iterable[Card], situation: Situation) -> Card | None:
        scored = [(score, card) for card in cards if (score := card.fits(situation)) is not None]
        return max(scored, key=lambda pair: pair[0])[1] if scored else None


def load_library(folder: Path = CONTENT) -> Library:
    """Reads ``folder/cards/*.yml``; :class:`ContentError` names the first fault."""
    facts = set(read_yaml(folder / "facts.yml"))
    cards = []
    paths = sorted((folder / "cards").glob("*.yml"))
    if not paths:
        raise ContentError(f"no cards in {folder / 'cards'}")
    for path in paths:
        rows = read_yaml(path)
        if not isinstance(rows, list):
            raise ContentError(f"{path.name}: a list of cards is expected")
        for number, row in enumerate(rows, 1):
            name = row.get("id", f"number {number}") if isinstance(row, Mapping) else f"number {number}"
            card = validated(Card, row, f"{path.name}, card {name}")
            unknown = sorted(set(card.facts) - facts)
            if unknown:
                raise ContentError(f"{path.name}, card {card.id}, field 'facts': no such fact {unknown[0]}")
            cards.append(card)
    return Library(cards)
