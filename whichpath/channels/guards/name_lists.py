"""The lists that names are found by: the census, the words that are names too, states and towns."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import names as census

from whichpath.library.files import read_yaml
from whichpath.nlu.places import tables

LISTS = Path(__file__).with_name("redact.yml")
WORDS = Path(__file__).with_name("name_words.txt")
#: How many census family names are used; rarer ones are recognised by context only.
FAMILY_NAMES = 12_000
#: First names rarer than this (percent of the population) count only with a capital letter.
RARE = 0.002
LETTERS = re.compile(r"[^\W\d_]+")


@dataclass(frozen=True)
class Lists:
    """The word lists, all in lower case."""

    first: frozenset[str]
    rare: frozenset[str]
    family: frozenset[str]
    words: frozenset[str]
    places: frozenset[str]
    #: Places of several words by their first one: a pattern of them all together takes a tenth of a turn.
    towns: dict[str, re.Pattern[str]]
    sets: dict[str, frozenset[str]]

    def __getitem__(self, name: str) -> frozenset[str]:
        return self.sets[name]


def _rows(kind: str) -> Iterator[tuple[str, float]]:
    with open(census.FILES[kind], encoding="ascii") as file:
        for line in file:
            name, share, _sum, _rank = line.split()
            yield name.lower(), float(share)


@lru_cache(maxsize=1)
def lists() -> Lists:
    """Read once; takes 0.1 s."""
    rows = read_yaml(LISTS)
    sets = {name: frozenset(value.split()) for name, value in rows.items() if isinstance(value, str)}
    share: dict[str, float] = {}
    for kind in ("first:female", "first:male"):
        for name, percent in _rows(kind):
            share[name] = max(percent, share.get(name, 0.0))
    family = [name for (name, _), _ in zip(_rows("last"), range(FAMILY_NAMES), strict=False)]
    words = set(sets["words_too"])
    words |= {w for line in WORDS.read_text().splitlines() if not line.startswith("#") for w in line.split()}
    kinds = (kinds for kinds in tables.data()["states"].values())
    towns = {n for kind in kinds for label, found in kind.items() if label != "orders" for n in found or ()}
    towns |= {*tables.ambiguous(), *tables.lists("towns.txt")[0]}
    phrases: dict[str, list[str]] = {}
    for town in sorted((town for town in towns if not town.isalpha()), key=len, reverse=True):
        phrases.setdefault(LETTERS.search(town)[0], []).append(re.escape(town))  # type: ignore[index]
    out = sets["never"] | sets["stop"]
    return Lists(
        first=frozenset(n for n, p in share.items() if p >= RARE and len(n) > 2) - out | sets["also"],
        rare=frozenset(share) - out,
        family=frozenset(family) - out,
        words=frozenset(words) - sets["also"],
        places=frozenset(town for town in towns if town.isalpha()) - sets["people_first"],
        towns={word: re.compile(rf"\b(?:{'|'.join(found)})\b", re.I) for word, found in phrases.items()},
        sets=sets,
    )
