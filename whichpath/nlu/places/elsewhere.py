"""Places that determine no state: names in several states ("Portland", "Orange County"), and places abroad."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from whichpath.nlu.places import cues, tables
from whichpath.nlu.places.letters import BACK

_COUNTY = re.compile(r"(?<![\w'-])((?:[a-z][a-z.'-]*\s){1,3})(?:county|parish|borough)\b", re.I)


class Other(NamedTuple):
    """A place in the text. ``value``: the name as written, or the country."""

    value: str
    start: int
    end: int


def counties(plain: str) -> Iterator[tuple[str, int, int, bool]]:
    """Known counties as (state code, start, end, written as a place); the code is "" where several states have it."""
    for match in _COUNTY.finditer(plain):
        parts = match[1].split()
        for skipped in range(len(parts)):
            name = " ".join(parts[skipped:]).lower().replace("st. ", "st ")
            start = match.start() + len(match[1]) - len(" ".join(parts[skipped:])) - 1
            before = plain[max(0, start - BACK) : start]
            code = tables.counties().get(name, "")
            several = name in tables.lists("counties.txt")[1] or f"{name} county" in tables.ambiguous()
            if code or several:
                plainly = name not in tables.written()["county_words"]
                told = (
                    plainly
                    or cues.PLACE_BEFORE.search(before)
                    or plain[start].isupper()
                    or not plain[match.end() :].strip(" .?!")
                )
                yield code, start, match.end(), bool(told)
                break


@lru_cache(maxsize=1)
def _countries() -> tuple[re.Pattern[str], dict[str, str]]:
    rows = {name: country for country, names in tables.written()["abroad"].items() for name in names}
    return re.compile(rf"(?<![\w'@-])(?:{tables.words(rows)})(?![\w'@-])", re.I), rows


def abroad(plain: str, taken: list[tuple[int, int]]) -> list[Other]:
    """Places outside the United States where the order was made or the person lives."""
    pattern, rows = _countries()
    found = [m for m in pattern.finditer(plain) if not any(a < m.end() and m.start() < b for a, b in taken)]
    if not found:
        return []
    rest = plain
    for match in found:
        rest = rest[: match.start()] + " " * len(match[0]) + rest[match.end() :]
    alone = not cues.SMALL_WORDS.sub("", rest).strip(" ,.!?()/-")
    kept: list[Other] = []
    for match in found:
        before, after = plain[max(0, match.start() - BACK) : match.start()], plain[match.end() : match.end() + BACK]
        new = re.search(r"\bnew\s+$", before, re.I)
        made = cues.ABROAD_BEFORE.search(before) or cues.ABROAD_AFTER.match(after)
        # «toronto canada»: a town right before its country.
        joined = kept and not plain[kept[-1].end : match.start()].strip(" ,")
        if not new and (alone or made or joined):
            kept.append(Other(rows[re.sub(r"\s", " ", match[0].lower())], *match.span()))
        elif not new and (ahead := _followed(match, found, plain)):
            kept += [Other(rows[re.sub(r"\s", " ", ahead.lower())], *match.span())] if made else []
    return kept[-1:] if alone else kept[:1]


def _followed(match: re.Match[str], found: list[re.Match[str]], plain: str) -> str | None:
    return next(
        (m[0] for m in found if m.start() > match.end() and not plain[match.end() : m.start()].strip(" ,")), None
    )
