"""Which lines of a state pack fit one person, and their words: each with the facts behind it.

The sentences stand in ``content/states_words.yml`` and in the packs.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlsplit

from whichpath.library.gsm7 import GSM7
from whichpath.library.situation import CRIMINAL, Situation
from whichpath.library.states.pack import Fact, Line, Pack, link
from whichpath.library.states.templates import Words, mid_sentence, place

ROUTE = "end_or_modify_route"
#: Characters of a line's short form, as in :class:`~whichpath.library.states.pack.Line`.
BRIEF = 110


@dataclass(frozen=True)
class Said:
    """One line with the facts behind it."""

    text: str
    facts: tuple[tuple[str, Fact], ...] = ()
    sms: str | None = None

    def about(self, fields: tuple[str, ...] | None) -> bool:
        """Whether it rests on one of ``fields``; all lines do where that is ``None``."""
        return fields is None or any(field in fields for field, _ in self.facts)

    def brief(self) -> Said:
        """Its own words as the short form, where they are short enough."""
        fits = len(self.text) <= BRIEF and set(self.text) <= GSM7 and "http" not in self.text
        return self if self.sms or not fits else replace(self, sms=self.text)


class Teller:
    """Chooses and fills the lines of one pack for one person."""

    def __init__(self, pack: Pack, words: Words, situation: Situation, today: dt.date) -> None:
        self.pack, self.words, self.situation, self.today = pack, words, situation, today
        role = situation.side if situation.role == "third_party" else situation.role
        self.roles = (role,) if role else ("protected", "restrained")
        self.stage = situation.stage
        self.criminal = situation.matter in CRIMINAL

    # --- which lines -------------------------------------------------------------------------

    def lead(self) -> Iterator[Said]:
        """What has to be read first: that a hearing is held only if asked for, or what a civil order is."""
        if self.criminal:
            brief = self.words.criminal_sms.format(state=self.pack.name)
            yield Said(self.words.criminal.format(state=place(self.pack.name, self.words)), (), brief)
        elif self._asked_for() and self.stage != "none":
            # One word on it is enough: where the role is open, for whom the request is.
            role = "restrained" if "restrained" in self.roles else "protected"
            if role == "restrained" or self.stage not in ("final", "denied"):
                yield self._ask_first(role)

    def _ask_first(self, role: str) -> Said:
        """A hearing is held only on request: what a late one costs comes before everything else."""
        hearing, words = self.pack.hearing, self.words
        within = "_within" if hearing.ask_within_days else ""
        values = self._person(role)
        if within:
            values = {**values, "ask": self._days(hearing.ask_within_days, hearing.ask_unit)}
        text = words.ask_first[role + within].format(state=place(self.pack.name, words), **values)
        if within and hearing.ask_unit == "business":
            text += f" {words.business_days}"
        pairs = tuple(("hearing_days", fact) for fact in self._shown("hearing_days"))
        return Said(text, pairs, words.ask_first[f"{role}{within}_sms"].format(state=self.pack.name, **values))

    def lines(self) -> Iterator[Said]:
        """Everything else that fits, most useful first."""
        yield from self._names("dv_order_names")
        yield from self._names("harassment_order_names")
        if self.criminal:
            yield from self._page()
            return
        if self.stage in (None, "none", "temporary"):
            yield from self._told("hearing_days") or self._hearing()
        if self.stage != "none":
            yield from self._route()
            yield from self._forms()
        yield from self._told("max_length") or self._plain("max_length", "length_sms")
        yield from self._told("statute") or self._plain("statute")
        yield from self._page()
        if "protected" in self.roles:
            yield from self._plain("womenslaw_url")

    def _asked_for(self) -> bool:
        return bool(self.pack.hearing.only_if_asked) and bool(self._shown("hearing_days"))

    # --- how they are said -------------------------------------------------------------------

    def _shown(self, field: str) -> list[Fact]:
        return self.pack.shown(field, self.today)

    def _person(self, role: str | None) -> dict[str, str]:
        own = role is None or role == self.situation.role
        return self.words.people["self" if own else role]

    def _days(self, number: int | str | None, unit: str) -> str:
        return self.words.units[unit].format(n=number)

    def _at_stage(self, line: Line) -> bool:
        return not line.stages or self.stage is None or self.stage in line.stages

    def _fits(self, line: Line) -> bool:
        return self._at_stage(line) and (line.role is None or line.role in self.roles)

    def _told(self, field: str) -> list[Said]:
        """The pack's own lines on ``field`` that fit; each rests on the facts it tells."""
        shown = self._shown(field)
        said = []
        for line in self.pack.told:
            facts = shown if line.number is None else shown[line.number - 1 : line.number]
            if line.fact == field and line.text and facts and self._fits(line):
                text = line.text.format(state=self.pack.name, **self._person(line.role))
                brief = line.sms and line.sms.format(**self._person(line.role))
                said.append(Said(text, tuple((field, fact) for fact in facts), brief))
        return said

    def _has_own(self, field: str) -> bool:
        return any(line.fact == field for line in self.pack.told)

    def _plain(self, field: str, sms: str | None = None) -> list[Said]:
        values: dict[str, Any] = {"state": self.pack.name}
        said = []
        for fact in self._shown(field)[:1]:
            if field.endswith("_url") and link(str(fact.value)) is None:
                continue
            value = str(fact.value)
            values["value"] = mid_sentence(value) if field == "max_length" else value.removesuffix(".")
            text = getattr(self.words, field).format(**values)
            brief = getattr(self.words, sms).format(**values) if sms else None
            said.append(Said(text, ((field, fact),), brief))
        return said

    def _page(self) -> Iterator[Said]:
        """The court's own page, called so only where it is the court's."""
        if self._has_own("court_self_help_url"):
            yield from self._told("court_self_help_url")
            return
        for fact in self._shown("court_self_help_url")[:1]:
            if address := link(str(fact.value)):
                host = urlsplit(address).hostname or ""
                kind = "state" if host.endswith((".gov", ".us")) else "other"
                kind = "court" if "court" in host or "jud" in host else kind
                yield Said(self.words.pages[kind].format(value=address), (("court_self_help_url", fact),))

    def _names(self, field: str) -> list[Said]:
        if self._has_own(field):
            return self._told(field)
        facts = self._shown(field)
        if not facts:
            return []
        *first, last = (str(fact.value) for fact in facts)
        comma, final = self.words.names_join
        value = f"{comma.join(first)}{final}{last}" if first else last
        return [Said(getattr(self.words, field).format(value=value), tuple((field, f) for f in facts))]

    def _hearing(self) -> list[Said]:
        said = []
        for fact in self._shown("hearing_days")[:1]:
            if not isinstance(fact.value, int):
                continue
            values = {"state": self.pack.name, "days": self._days(fact.value, self.pack.hearing.days_unit)}
            asked = self._asked_for()
            text = (self.words.hearing_asked if asked else self.words.hearing).format(**values)
            if self.pack.hearing.days_unit == "business":
                text += f" {self.words.business_days}"
            brief = None if asked else self.words.hearing_sms.format(**values)
            said.append(Said(text, (("hearing_days", fact),), brief))
        return said

    def _route(self) -> Iterator[Said]:
        """How each side can end it; where a side's own way is not known, that too is said."""
        if not self._has_own(ROUTE) and self._shown(ROUTE):
            yield from self._plain(ROUTE)
            return
        told = self._told(ROUTE)
        yield from told
        if self.stage == "temporary":
            return  # The way is the hearing, and that is told.
        known = {line.role for line in self.pack.told if told and line.fact == ROUTE and self._at_stage(line)}
        for role in self.roles:
            if not known & {role, None}:
                person = self._person(role)
                yield Said(self.words.route_unknown.format(**person), (), self.words.route_unknown_sms.format(**person))

    def _forms(self) -> Iterator[Said]:
        """Forms by name; a number out of a secondary source never without the clerk."""
        if self._has_own("end_or_modify_forms"):
            yield from self._told("end_or_modify_forms")
            return
        for fact in self._shown("end_or_modify_forms"):
            text = self.words.end_or_modify_forms.format(value=fact.value)
            if fact.source_kind not in ("official_or_statute", "legal_aid_or_library", "womenslaw"):
                text += f" {self.words.ask_for_form}"
            yield Said(text, (("end_or_modify_forms", fact),))
