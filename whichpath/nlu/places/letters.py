"""Finds states by two-letter codes ("OH"), abbreviations ("Calif.") and zip codes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from spacy.tokens import Doc

from whichpath.nlu.places import cues, tables


class Place(NamedTuple):
    """A state in the text. ``made``: above 0 the order was made there, below 0 somebody only lives there."""

    code: str
    start: int
    end: int
    made: int = 0


#: Codes that are also words or abbreviations, in any letter case.
WORDS = frozenset(
    {"AL", "AS", "DE", "GU", "HI", "ID", "IN", "LA", "MA", "ME", "MP", "OH", "OK", "OR", "PA", "PR", "VI"}
)
#: Of these, words that rarely end a sentence.
COMMON = frozenset({"AS", "ID", "IN", "ME", "OR"})
#: Never a state as the whole message: "ok" and "hi" are answers.
ANSWERS = frozenset({"HI", "OK"})
_CODE = re.compile(r"(?<![\w.'@/-])(?:([A-Za-z]{2})(?![\w'@-])|([A-Za-z]\.\s?[A-Za-z]\.))")
#: Of :data:`WORDS`, those that rarely follow "in" as words.
_HARDLY = frozenset({"AL", "DE", "MA", "PA"})
#: Unambiguous if written with dots, unlike «P.A.», «V.A.» or «L.A.».
_DOTTED = frozenset({"DC", "NC", "ND", "NH", "NJ", "NM", "NY", "RI", "SC", "SD", "WV"})
#: A message of at most so many characters is an answer.
_SHORT = 20
#: Number of characters before and after a place that are matched.
BACK = 80
_CITY_COMMA = re.compile(r"\b[A-Z][a-z]+,\s*$")
#: «Lebanon PA»: any capitalised town.
_CAPITAL = re.compile(r"\b[A-Z][a-z]{3,}\s$")
_LAST_WORD = re.compile(r"\w{3,}\W+$")
# The last two digits of a zip code may already be redacted (whichpath/channels/guards/redact.py).
_ZIP_ALONE = re.compile(
    r"^[\s.,]*(?:(?:my|the|its?|it's|i'?m in|in)\s+)*(?:zip(?:\s?code)?\W*(?:is)?\W*)?"
    r"(\d{3}(?:\d{2}(?:-\d{4})?|\[address\]))\W*$",
    re.I,
)
_ZIP = re.compile(r"\bzip(?:\s?code)?\W+(?:(?:is|it'?s|of|for me is)\W+)?(\d{3}(?:\d{2}\b|\[address\]))", re.I)


def by_code(doc: Doc, plain: str, taken: list[tuple[int, int]], before_it: list[Place]) -> Iterator[Place]:
    """The states named by two-letter codes. ``before_it``: places already found by name."""
    shouted = plain.isupper() and len(plain.split()) > 2
    for match in _CODE.finditer(plain):
        code, (start, end) = re.sub(r"[.\s]", "", match[0]).upper(), match.span()
        if code not in tables.codes() or any(a < end and start < b for a, b in taken):
            continue
        upper = match[0].isupper() and not shouted
        alone = plain.strip(" .,!?/") == match[0]
        before, after = plain[max(0, start - BACK) : start], plain[end : end + BACK]
        if code in cues.DIRECTIONS and cues.direction(before, after):
            continue
        if match[2]:
            counts = code in _DOTTED
        elif alone:
            counts = code not in ANSWERS and (upper or code not in {"OH", *COMMON})
        else:
            counts = _counts(code, upper, before, after) or _after_city(code, doc, start)
            counts = counts or _after_place(code, upper, plain, start, end, before_it)
        if counts:
            yield Place(code, start, end)


def _counts(code: str, upper: bool, before: str, after: str) -> bool:
    if code == "LA":
        # «in LA» means Los Angeles as often as Louisiana.
        return bool(upper and _CITY_COMMA.search(before) and cues.HARD_END.match(after))
    if cues.CASE_BEFORE.search(before) and cues.NUMBER_AFTER.match(after):
        return False
    if code in WORDS:
        return _word_counts(code, upper, before, after)
    if cues.THE_BEFORE.search(before) or (code in cues.NO_CODE_AFTER and cues.NO_CODE_AFTER[code].match(after)):
        return False
    at_end = code in tables.data()["codes_at_end"] and not after.strip(" .,!?") and _LAST_WORD.search(before)
    around = cues.CODE_BEFORE.search(before) or cues.LAW_BEFORE.search(before) or cues.LAW_AFTER.match(after)
    first = not before.strip() and cues.FIRST_CODE.match(after)
    last = before.rstrip().endswith(",") and not after.strip(" .!?") and len(before) < _SHORT
    return bool(upper or around or at_end or first or last)


def _word_counts(code: str, upper: bool, before: str, after: str) -> bool:
    """Whether a code that is also a word is a state: «Dayton, OH» and «i live in oh», but not «oh he called»."""
    if upper and _CITY_COMMA.search(before):
        # «Yes, OK» and «Please, ME» are not places: these codes need a town before the comma.
        doubtful = code in ANSWERS or code in {"AS", "ME", "OR"}
        ends = cues.HARD_END.match(after) or (not doubtful and cues.ENDS.match(after))
        return bool(ends and (not doubtful or cues.TOWN_COMMA.search(before)))
    if upper and code not in COMMON | ANSWERS and cues.CODE_BEFORE.search(before):
        return bool(cues.ENDS.match(after) or cues.TO_AFTER.match(after))
    if code in _HARDLY and cues.IN_BEFORE.search(before) and cues.HARD_END.match(after):
        return True
    end = cues.HARD_END if code in COMMON else cues.ENDS
    return bool(cues.LIVES_BEFORE.search(before) and end.match(after))


def _after_city(code: str, doc: Doc, start: int) -> bool:
    """Whether a town of the same state precedes the code: «pittsburgh pa»."""
    towns = (span for span in doc.ents if span.ent_id_ == code and span.end_char < start)
    return any(not doc.text[span.end_char : start].strip(" ,") for span in towns)


def _after_place(code: str, upper: bool, plain: str, start: int, end: int, places: list[Place]) -> bool:
    """Whether a place of another name precedes the code and nothing follows: «indiana pa», «Miami, OK»."""
    if not cues.HARD_END.match(plain[end : end + BACK]):
        return False
    if upper and code not in {*ANSWERS, *COMMON} and _CAPITAL.search(plain[:start]):
        return True
    gap = next((plain[p.end : start] for p in places if p.end < start and not plain[p.end : start].strip(" ,")), None)
    if gap is None:
        return False
    if code in ANSWERS:
        return upper and "," in gap and not plain[end:].strip(" .")
    return (upper and "," in gap) or code not in {"AS", "OH", *COMMON}


@lru_cache(maxsize=1)
def _abbreviations() -> tuple[re.Pattern[str], dict[str, tuple[str, bool]]]:
    rows: dict[str, tuple[str, bool]] = {}
    for kind, states in tables.written()["abbreviations"].items():
        for code, names in states.items():
            rows |= {re.sub(r"[.\s]+", " ", name).strip(): (code, kind == "clear") for name in names}
    patterns = (name.replace(" ", r"(?:\.\s?|\s)") for name in sorted(rows, key=len, reverse=True))
    return re.compile(rf"(?<![\w.'@-])(?:{'|'.join(patterns)})(?![\w'@])\.?", re.I), rows


def by_abbreviation(plain: str, taken: list[tuple[int, int]], places: list[Place]) -> Iterator[Place]:
    """The states named by abbreviations: «Calif.», «Gary, Ind.», «w va»."""
    pattern, rows = _abbreviations()
    for match in pattern.finditer(plain):
        code, clear = rows[re.sub(r"[.\s]+", " ", match[0].lower()).strip()]
        start, end = match.span()
        if any(a < end and start < b for a, b in taken):
            continue
        before, after = plain[max(0, start - BACK) : start], plain[end : end + BACK]
        dotted, alone = "." in match[0], not cues.SMALL_WORDS.sub("", before + after).strip(" ,.!?")
        town = _CITY_COMMA.search(before) or any(not plain[p.end : start].strip(" ,") for p in places if p.end < start)
        around = cues.CODE_BEFORE.search(before) or cues.LAW_BEFORE.search(before) or cues.LAW_AFTER.match(after)
        long = len(match[0].rstrip(".")) > 2
        if clear:
            counts = alone or town or around or (dotted and match[0][0].isupper())
        elif not long:  # two letters are also a code: see by_code
            counts = dotted and match[0][0].isupper() and (alone or town) and after[:1] != "."
        else:
            counts = (
                (alone and (dotted or code not in {"IL", "MS", "OR", "WA"}))
                or (dotted and (town or cues.CODE_BEFORE.search(before)))
                or bool(town and match[0][0].isupper() and cues.HARD_END.match(after))
            )
        if counts:
            yield Place(code, start, end)


def by_zip(plain: str) -> Iterator[Place]:
    """The state of a zip code that is the whole message or is called a zip code."""
    match = _ZIP_ALONE.match(plain) or _ZIP.search(plain)
    code = tables.zips().get(match[1][:3]) if match else None
    if match and code:
        yield Place(code, *match.span(1))
