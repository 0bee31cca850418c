"""The tables of places: ``places.yml`` (manual), ``written.yml`` (alternative spellings), towns and counties."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path
from typing import Any

from whichpath.library.files import read_yaml

FOLDER = Path(__file__).parent


@lru_cache(maxsize=1)
def data() -> dict[str, Any]:
    """The content of ``places.yml``, read once."""
    return read_yaml(FOLDER / "places.yml")


@lru_cache(maxsize=1)
def written() -> dict[str, Any]:
    """The content of ``written.yml``, read once."""
    return read_yaml(FOLDER / "written.yml")


@lru_cache(maxsize=1)
def codes() -> frozenset[str]:
    """All two-letter codes."""
    return frozenset(data()["states"])


@lru_cache(maxsize=2)
def lists(name: str) -> tuple[dict[str, str], dict[str, list[str]]]:
    """The rows of ``towns.txt`` or ``counties.txt``: (name in one state -> state, name in several -> states)."""
    sure: dict[str, str] = {}
    several: dict[str, list[str]] = {}
    for line in (FOLDER / name).read_text(encoding="utf-8").splitlines():
        code, _, names = line.partition(": ")
        if code == "?":
            rows = (row.split(" = ") for row in names.split("; "))
            several |= {place: found.split() for place, found in rows}
            several |= {place.replace("st. ", "st "): found for place, found in several.items()}
        elif not line.startswith("#"):
            sure |= dict.fromkeys([*names.split(", "), *names.replace("st. ", "st ").split(", ")], code)
    return sure, several


@lru_cache(maxsize=1)
def known() -> dict[str, str]:
    """Names in ``places.yml`` that determine a state -> the state."""
    kinds = ((code, names) for code, kinds in data()["states"].items() for names in kinds.values())
    return {name: code for code, names in kinds for name in names or ()}


@lru_cache(maxsize=1)
def ambiguous() -> dict[str, list[str]]:
    """Names of towns and counties in several states -> the states."""
    return {**{n: c for n, c in lists("towns.txt")[1].items() if n not in known()}, **data()["ambiguous"]}


@lru_cache(maxsize=1)
def counties() -> dict[str, str]:
    """Names of counties in one state, without the word "county" -> the state."""
    kept = {
        row.removesuffix(f" {code.lower()}"): code for code, rows in written()["known_counties"].items() for row in rows
    }
    yours = {name.removesuffix(" county"): code for name, code in known().items() if name.endswith(" county")}
    out = {name.removesuffix(" county") for name in data()["ambiguous"] if name.endswith(" county")}
    marked = {
        row.rpartition(" ")[0] for rows in written()["known_counties"].values() for row in rows if row[-3:-2] == " "
    }
    found = {**lists("counties.txt")[0], **kept, **yours}
    return {name: code for name, code in found.items() if name not in out | marked}


@lru_cache(maxsize=1)
def zips() -> dict[str, str]:
    """The first three digits of a zip code -> the state."""
    found: dict[str, str] = {}
    for row in written()["zips"].split(","):
        numbers, code = row.split()
        first, last = numbers.split("-")
        found |= {f"{number:03}": code for number in range(int(first), int(last) + 1)}
    return found


def words(names: Any) -> str:
    """A regular expression that matches any of the names, longest first."""
    return "|".join(re.escape(name).replace(r"\ ", r"\s") for name in sorted(names, key=len, reverse=True))
