"""Removes personal data from a message before it is stored.

Names, addresses, phone numbers and the like become neutral marks ("[name]"). What the NLU needs stays: states and
towns, days of hearings, words of kinship, numbers of laws and forms. The patterns are our own
(``redact_patterns.yml``), because the libraries do not fit: Presidio needs pydantic 2 (Rasa: 1.10), scrubadub data that
is only on the network; and neither reads names without a language model.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from whichpath.channels.guards import name_lists, names, scripts
from whichpath.library.files import read_yaml

PATTERNS = Path(__file__).with_name("redact_patterns.yml")
#: Laws are cited with numbers on both sides of their letters; times and days have letters too.
_NO_CASE = re.compile(
    r"usc|cfr|ilcs|rcw|nycrr|am|pm|st|nd|rd|th|(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*", re.I
)
_ORDINARY = re.compile(r"(19|20)\d\d|\d+[/-]\d+([/-]\d+)?")
_SAID_WHERE = re.compile(r"\b(?:at|on|to|is|near|from|address|lives?|living|stay\w*|house|of)[:\s]+$", re.I)
_FORM = re.compile(r"\b(?:form|section|rule|§)\s*$", re.I)
_WORD_FIRST = re.compile(r"(?:in|on|is|at|to|my|his|her|for|a|an|the|and)\s", re.I)
_COMPACT_DAY = re.compile(r"20[2-4]\d(0[1-9]|1[0-2])([0-2]\d|3[01])")
#: Kinds that can occur without a digit.
_WORDY = frozenset({"email", "link", "handle", "address", "phone"})


@dataclass(frozen=True)
class Redacted:
    """A message without personal data; ``found`` counts the marks by kind."""

    text: str
    found: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True)
class Rule:
    """One row of ``redact_patterns.yml``."""

    kind: str
    pattern: re.Pattern[str]
    least: int
    sure: Callable[[re.Match[str]], bool] | None

    def places(self, text: str) -> list[tuple[int, int]]:
        """The spans of ``text`` to remove: start and end."""
        found = (m for m in self.pattern.finditer(text) if not self.least or _digits(m) >= self.least)
        return [m.span("it") for m in found if self.sure is None or self.sure(m)]


def _digits(match: re.Match[str]) -> int:
    return sum(c.isdigit() for c in match["it"])


def _card(match: re.Match[str]) -> bool:
    """Luhn's check, which every card number passes."""
    digits = [int(c) for c in match["it"] if c.isdigit()]
    doubled = [d if i % 2 == 0 else (2 * d - 9 if d > 4 else 2 * d) for i, d in enumerate(reversed(digits))]
    return 13 <= len(digits) <= 19 and sum(doubled) % 10 == 0


def _case(match: re.Match[str]) -> bool:
    letters = "".join(c for c in match["it"] if c.isalpha())
    if letters and _NO_CASE.fullmatch(letters):
        return False
    return _digits(match) >= (5 if "-" in match["it"] or letters else 7)


def _said_case(match: re.Match[str]) -> bool:
    """After "case", "docket": not "209A", not "case 2026", not "order 2"."""
    return _digits(match) >= 5 or (_digits(match) >= 4 and not _ORDINARY.fullmatch(match["it"].strip("# ")))


def _street(match: re.Match[str]) -> bool:
    """Whether "12 oak court" is an address: by its capital, its long number, or the words before it."""
    capital = match["kind"][0].isupper() and not match.string.isupper()
    said = _SAID_WHERE.search(match.string[: match.start()])
    return bool(capital or said or len(match["house"]) >= 3)


def _handle(match: re.Match[str]) -> bool:
    return any(c.isalpha() for c in match["it"]) and not re.fullmatch(r"\w+\.", match["it"])


def _plate(match: re.Match[str]) -> bool:
    return len(match["it"]) >= 4 and not _WORD_FIRST.match(match["it"])


def _no_form(match: re.Match[str]) -> bool:
    return not _FORM.search(match.string[: match.start()])


def _no_date(match: re.Match[str]) -> bool:
    return not _COMPACT_DAY.fullmatch(match["it"])


_CHECKS = {
    "card": _card,
    "case": _case,
    "said_case": _said_case,
    "street": _street,
    "handle": _handle,
    "plate": _plate,
    "no_form": _no_form,
    "no_date": _no_date,
}


@lru_cache(maxsize=1)
def rules() -> tuple[Rule, ...]:
    """The rules, in their order."""
    data = read_yaml(PATTERNS)
    parts = {name: "".join(value.split()) for name, value in data["parts"].items()}

    def whole(pattern: str) -> str:
        text = "".join(pattern.split())
        while "%" in (left := re.sub(r"%([A-Z_]+)%", lambda m: parts[m[1]], text)) and left != text:
            text = left
        return left if "(?P<it>" in left else f"(?P<it>{left})"

    return tuple(
        Rule(
            kind=row["kind"],
            pattern=re.compile(whole(row["pattern"]), 0 if row.get("case") else re.I),
            least=row.get("least", 0),
            sure=_CHECKS[row["sure"]] if "sure" in row else None,
        )
        for row in data["rules"]
    )


@lru_cache(maxsize=1)
def marks() -> dict[str, str]:
    """The mark of each kind (``redact.yml``)."""
    return {str(kind): str(mark) for kind, mark in read_yaml(name_lists.LISTS)["marks"].items()}


def _replace(text: str, places: Iterable[tuple[int, int]], mark: str) -> str:
    parts, at = [], 0
    for start, end in places:
        parts += [text[at:start], mark]
        at = end
    return "".join((*parts, text[at:]))


def redact(text: str) -> Redacted:
    """``text`` with marks in place of personal data. Idempotent."""
    found: Counter[str] = Counter()
    numbers = any(c.isdigit() for c in text)
    for rule in rules():
        if not numbers and rule.kind not in _WORDY:
            continue
        if places := rule.places(text):
            text = _replace(text, places, marks()[rule.kind])
            found[rule.kind] += len(places)
    if people := sorted(scripts.find(text)):
        text = _replace(text, people, marks()["name"])
        found["name"] += len(people)
    if people := names.find(text):
        text = _replace(text, people, marks()["name"])
        found["name"] += len(people)
    return Redacted(text, found)
