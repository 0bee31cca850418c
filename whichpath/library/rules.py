"""State rules: one line per order type, role and stage. ``content/rules/<CODE>.yml``."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, Extra, Field, validator

from whichpath.library.entries import STATE_FIELDS, Review, Source, one_of
from whichpath.library.files import CONTENT, ContentError, read_yaml, validated
from whichpath.library.situation import CRIMINAL, Situation
from whichpath.library.states.pack import link

KINDS = ("official_or_statute", "womenslaw", "legal_aid_or_library", "bar", "secondary")
#: Sources that are linked; the others are named only.
_LINKED = KINDS[:-1]
#: A page dated before this year is shown with its year.
OLD = 2021


class Rule(BaseModel, extra=Extra.forbid, frozen=True):
    """One line on one subject. An empty list applies to all; ``value`` records what the source says."""

    field: str
    order_types: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    stages: tuple[str, ...] = ()
    line: str = Field(min_length=8)
    sms: str | None = Field(None, max_length=120)
    value: str = Field(min_length=3)
    citation: str | None = None
    source: str = Field(regex=r"^https?://\S+$")
    source_kind: Literal["official_or_statute", "womenslaw", "legal_aid_or_library", "bar", "secondary"]
    page_date: str | None = None
    confidence: Literal["seen"]
    note: str | None = None
    reviewed: dt.date
    expires: dt.date
    review: Literal["drafted"] | Review = "drafted"

    _types = validator("order_types", each_item=True, allow_reuse=True)(one_of("order_type"))
    _roles = validator("roles", each_item=True, allow_reuse=True)(one_of("role"))
    _stages = validator("stages", each_item=True, allow_reuse=True)(one_of("stage"))

    @validator("field")
    def _known(cls, value: str) -> str:
        if value not in STATE_FIELDS:
            raise ValueError(f"'{value}' is none of {', '.join(STATE_FIELDS)}")
        return value

    def fit(self, known: Situation) -> int | None:
        """The number of criteria that match ``known``; ``None`` where the rule does not apply or may not."""
        role = known.side if known.role == "third_party" else known.role
        # An unknown order type is assumed to be the most common one; the line then names it.
        kind = "criminal" if known.matter in CRIMINAL else known.order_type or "domestic"
        score = 0
        for wanted, value in ((self.order_types, kind), (self.roles, role), (self.stages, known.stage)):
            if not wanted:
                # A rule for any civil order does not apply to a criminal one.
                if wanted is self.order_types and kind == "criminal":
                    return None
                continue
            if value is None and wanted is self.stages:
                continue
            if value not in wanted:
                return None
            score += 1
        return score

    def spoken(self) -> str:
        """The line, with the year of the page if that is old."""
        year = (self.page_date or "")[:4]
        return f"{self.line} (from a page of {year})" if year.isdigit() and int(year) < OLD else self.line

    def as_source(self, state: str) -> Source:
        """The source as shown to a reader."""
        address = link(self.source) if self.source_kind in _LINKED else None
        return Source(title=self.citation or f"{state}: {self.field}", url=address, page_date=self.page_date)


@dataclass(frozen=True)
class FittingRules:
    """The lines for one person, with their rules."""

    state: str
    rules: tuple[Rule, ...]
    assumed: bool

    @property
    def reviewed(self) -> dt.date:
        """The earliest review date of the rules."""
        return min(rule.reviewed for rule in self.rules)


class StateRules:
    """The rules of all jurisdictions, by code."""

    def __init__(self, rules: dict[str, tuple[Rule, ...]], names: dict[str, str]) -> None:
        self.rules = rules
        self.names = names

    def fitting(self, known: Situation, fields: Sequence[str], today: dt.date, most: int = 2) -> FittingRules | None:
        """The most specific rule on each of ``fields``, at most ``most`` in all; ``None`` where none applies."""
        found: list[Rule] = []
        for field in dict.fromkeys(fields):
            fits = [
                (score, -n, rule)
                for n, rule in enumerate(self.rules.get(known.state or "", ()))
                if rule.field == field and today <= rule.expires and (score := rule.fit(known)) is not None
            ]
            if fits:
                found.append(max(fits, key=lambda fit: fit[:2])[2])
        chosen = tuple(dict.fromkeys(found))[:most]
        if not chosen:
            return None
        assumed = known.order_type is None and any("domestic" in rule.order_types for rule in chosen)
        return FittingRules(self.names.get(known.state or "", ""), chosen, assumed)


def load_rules(names: dict[str, str], folder: Path = CONTENT / "rules") -> StateRules:
    """Reads every file; :class:`ContentError` names file, rule and field of the first fault."""
    rules: dict[str, tuple[Rule, ...]] = {}
    for path in sorted(folder.glob("*.yml")):
        rows = read_yaml(path)
        if path.stem not in names or not isinstance(rows, list):
            raise ContentError(f"{path.name}: a list of rules of a known jurisdiction is expected")
        rules[path.stem] = tuple(_read(rows, path.name))
    return StateRules(rules, names)


def _read(rows: list[Any], name: str) -> Iterable[Rule]:
    for number, row in enumerate(rows, 1):
        yield validated(Rule, row, f"{name}, rule {number}")
