"""Finds the US states a message names. No Rasa here: :mod:`whichpath.nlu.places.component` is the component around it.

A wrong state is worse than none: the person would be told another state's deadlines. So whatever
is also a word ("in", "or", "me"), a first name ("Virginia") or a town in several states counts
only where the words around it leave no doubt.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import spacy
import yaml
from spacy.language import Language
from spacy.tokens import Doc, Span

from whichpath.nlu.places import cues
from whichpath.nlu.situation.cues import tidy

DATA = Path(__file__).with_name("places.yml")

#: Codes that are everyday words or abbreviations, in any case of letters.
WORDS = frozenset(
    {"AL", "AS", "DE", "GU", "HI", "ID", "IN", "LA", "MA", "ME", "MP", "OH", "OK", "OR", "PA", "PR", "VI"}
)
#: Of these, words that hardly ever end a sentence by chance.
_COMMON = frozenset({"AS", "ID", "IN", "ME", "OR"})
#: Never the whole message either: a bare "ok" or "hi" is an answer, not a state.
_ANSWERS = frozenset({"HI", "OK"})
_CODE = re.compile(r"(?<![\w.'@/-])(?:([A-Za-z]{2})(?![\w'@-])|([A-Za-z]\.[A-Za-z]\.))")
#: Written with dots they can be nothing else; «P.A.», «V.A.» or «L.A.» can.
_DOTTED = frozenset({"DC", "NC", "ND", "NH", "NJ", "NM", "NY", "RI", "SC", "SD", "WV"})
#: How many characters before a place are looked at.
_BACK = 80
_CITY_COMMA = re.compile(r"[A-Z][a-z]+,\s*$")
_AFTER_AMBIGUOUS = re.compile(r"(\s+county)?[\s,]+([A-Za-z]{2})(?![\w'])", re.IGNORECASE)
_LAST_WORD = re.compile(r"\w{3,}\W+$")


class Place(NamedTuple):
    """A state that the text names, and where. ``made`` below 0: somebody merely lives there."""

    code: str
    start: int
    end: int
    made: int = 0


@lru_cache(maxsize=1)
def data() -> dict[str, Any]:
    """``places.yml``, read once."""
    return yaml.load(DATA.read_text(encoding="utf-8"), getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506


@lru_cache(maxsize=1)
def codes() -> frozenset[str]:
    """All two-letter codes."""
    return frozenset(data()["states"])


@lru_cache(maxsize=1)
def pipeline() -> Language:
    """A blank English pipeline with the rules of ``places.yml``. Takes a moment, so it is made once."""
    nlp = spacy.blank("en")
    ruler = nlp.add_pipe("entity_ruler", config={"phrase_matcher_attr": "LOWER", "overwrite_ents": True})
    also = set(data()["also_people"])
    rows = [
        {"label": _label(kind, name, also), "pattern": name, "id": code}
        for code, kinds in data()["states"].items()
        for kind, names in kinds.items()
        for name in names or ()
    ]
    # spaCy cuts "St." and "st." differently.
    rows += [{**row, "pattern": row["pattern"].title()} for row in rows if "." in row["pattern"]]
    rows += [{"label": "AMBIGUOUS", "pattern": name, "id": name} for name in data()["ambiguous"]]
    rows += [{"label": "NOTHING", "pattern": name, "id": name} for name in data()["not_a_state"]]
    ruler.add_patterns(rows)
    return nlp


def _label(kind: str, name: str, also_people: set[str]) -> str:
    doubtful = kind == "in_cities" or name in also_people
    return {"orders": "ORDER_NAME"}.get(kind) or ("PLACE_IN" if doubtful else "PLACE")


def find(text: str) -> list[Place]:
    """The states ``text`` names, each once; the one that made the order first where the words tell."""
    plain = tidy(text)
    doc = pipeline()(plain)
    taken: list[tuple[int, int]] = []
    found = [*_names(doc, plain, taken), *_misspelt(doc, plain)]
    taken += [(place.start, place.end) for place in found]
    found += _by_code(doc, plain, taken)
    meant = [place for place in found if not cues.NOT_BEFORE.search(plain[max(0, place.start - _BACK) : place.start])]
    first: dict[str, Place] = {}
    scores: dict[str, list[int]] = {}
    for place in sorted(meant, key=lambda place: place.start):
        first.setdefault(place.code, place)
        scores.setdefault(place.code, []).append(_made_here(plain, place))
    # «I live in Oregon now, can an Oregon judge end it»: living there weighs against the court there.
    rank = {code: max(given) if min(given) >= 0 else min(0, max(given)) for code, given in scores.items()}
    told = (place._replace(made=rank[place.code]) for place in first.values())
    return sorted(told, key=lambda place: (-place.made, place.start))


def _names(doc: Doc, plain: str, taken: list[tuple[int, int]]) -> Iterator[Place]:
    for span in doc.ents:
        start, end = span.start_char, span.end_char
        before, after = plain[max(0, start - _BACK) : start], plain[end : end + _BACK]
        named_after = (
            cues.STREET_AFTER.match(after)
            or cues.PERSON_AFTER.match(after)
            or cues.SCHOOL_BEFORE.search(before)
            or cues.PERSON_BEFORE.search(before)
        )
        if span.label_ == "NOTHING" or (span.label_ != "ORDER_NAME" and named_after):
            taken.append((start, end))
        elif span.label_ == "AMBIGUOUS":
            taken.append((start, end))
            yield from _with_code(span, after)
        elif span.label_ != "PLACE_IN" or _is_place(span, before, after):
            yield Place(span.ent_id_, start, end)


def _with_code(span: Span, after: str) -> Iterator[Place]:
    """«springfield il»: the code decides. A word like «or» counts only where nothing follows it."""
    match = _AFTER_AMBIGUOUS.match(after)
    code = match[2].upper() if match else ""
    # A county of that name may lie in any state.
    if match and code in (codes() if match[1] else data()["ambiguous"][span.ent_id_]):
        sure = code not in WORDS or match[2].isupper() or cues.HARD_END.match(after[match.end() :])
        if sure:
            yield Place(code, span.start_char, span.end_char + match.end())


def _is_place(span: Span, before: str, after: str) -> bool:
    alone = span.doc.text.strip(" .,!?") == span.text
    around = cues.PLACE_BEFORE.search(before) or cues.LAW_BEFORE.search(before) or cues.LAW_AFTER.match(after)
    # «atlanta georgia», «arlington virginia»: a town stands right before the state.
    return bool(alone or around or any(other.end == span.start for other in span.doc.ents))


def _by_code(doc: Doc, plain: str, taken: list[tuple[int, int]]) -> Iterator[Place]:
    shouted = plain.isupper() and len(plain.split()) > 2
    for match in _CODE.finditer(plain):
        code, (start, end) = match[0].replace(".", "").upper(), match.span()
        if code not in codes() or any(a < end and start < b for a, b in taken):
            continue
        upper = match[0].isupper() and not shouted
        alone = plain.strip(" .,!?/") == match[0]
        before, after = plain[max(0, start - _BACK) : start], plain[end : end + _BACK]
        if match[2]:
            counts = code in _DOTTED
        elif alone:
            counts = code not in _ANSWERS and (upper or code not in {"OH", *_COMMON})
        else:
            counts = _code_counts(code, upper, before, after) or _after_city(code, doc, start)
        if counts:
            yield Place(code, start, end)


def _code_counts(code: str, upper: bool, before: str, after: str) -> bool:
    if code == "LA":
        return False  # «in LA» is Los Angeles as often as Louisiana.
    if code in WORDS:
        return _word_counts(code, upper, before, after)
    if cues.THE_BEFORE.search(before) or (code in cues.NO_CODE_AFTER and cues.NO_CODE_AFTER[code].match(after)):
        return False
    at_end = code in data()["codes_at_end"] and not after.strip(" .,!?") and _LAST_WORD.search(before)
    around = cues.CODE_BEFORE.search(before) or cues.LAW_BEFORE.search(before) or cues.LAW_AFTER.match(after)
    return bool(upper or around or at_end)


def _word_counts(code: str, upper: bool, before: str, after: str) -> bool:
    """«Dayton, OH» and «i live in oh», but not «oh he called» or «believe in me»."""
    if upper and _CITY_COMMA.search(before) and code not in {*_ANSWERS, "AS", "ME", "OR"}:
        return bool(cues.HARD_END.match(after))
    ends = cues.HARD_END if code in _COMMON else cues.ENDS
    return bool(cues.LIVES_BEFORE.search(before) and ends.match(after))


def _after_city(code: str, doc: Doc, start: int) -> bool:
    """«pittsburgh pa»: a town of that very state stands right before."""
    towns = (span for span in doc.ents if span.ent_id_ == code and span.end_char < start)
    return any(not doc.text[span.end_char : start].strip(" ,") for span in towns)


@lru_cache(maxsize=1)
def _long_names() -> tuple[dict[str, list[tuple[str, str]]], dict[str, list[tuple[str, str]]]]:
    """Names for the search by edit distance: one word by its first letter, two words by the first word."""
    single: dict[str, list[tuple[str, str]]] = {}
    second: dict[str, list[tuple[str, str]]] = {}
    for code, kinds in data()["states"].items():
        words = kinds["names"][0].split()
        if len(words) == 1 and len(words[0]) >= 6:
            single.setdefault(words[0][0], []).append((words[0], code))
        elif len(words) == 2 and words[0] in ("new", "north", "south", "west", "rhode", "puerto"):
            second.setdefault(words[0], []).append((words[1], code))
    return single, second


def _misspelt(doc: Doc, plain: str) -> Iterator[Place]:
    single, second = _long_names()
    known = {token.i for span in doc.ents for token in span}
    for token in doc:
        word, end = token.lower_, token.idx + len(token)
        if token.i in known or not word.isalpha() or word in data()["not_misspelt"]:
            continue
        before = doc[token.i - 1] if token.i else None
        pair = before is not None and before.lower_ in second
        options, least = (second[before.lower_], 4) if pair else (single.get(word[0], ()), 6)
        if len(word) < least or cues.STREET_AFTER.match(plain[end:]):
            continue
        for name, code in options:
            if name != word and near(word, name):
                yield Place(code, before.idx if pair else token.idx, end)
                break


@lru_cache(maxsize=4096)
def near(word: str, name: str) -> bool:
    """Whether ``word`` is ``name`` with a typo or two: changed, missing, added or swapped letters."""
    allowed = 2 if len(name) >= 8 else 1
    if abs(len(word) - len(name)) > allowed:
        return False
    rows = [list(range(len(name) + 1))]
    for i, a in enumerate(word, 1):
        row = [i]
        for j, b in enumerate(name, 1):
            cost = min(rows[-1][j] + 1, row[-1] + 1, rows[-1][j - 1] + (a != b))
            if i > 1 and j > 1 and a == name[j - 2] and word[i - 2] == b:
                cost = min(cost, rows[-2][j - 2] + 1)
            row.append(cost)
        rows.append(row)
    return rows[-1][-1] <= allowed


def _made_here(plain: str, place: Place) -> int:
    """1: the words tell that the order comes from there; -1: the person merely lives there; -2: somebody else does."""
    before, after = plain[max(0, place.start - _BACK) : place.start], plain[place.end : place.end + _BACK]
    if cues.MADE_AFTER.match(after):
        return 1
    if cues.MOVED_FROM.search(before):
        return 0
    clause = cues.CLAUSE.split(before)[-1]
    if cues.LIVES_THERE.search(clause) or cues.NOW_THERE.search(before):
        return -2 if cues.OTHERS.search(clause) else -1
    return int(bool(cues.LAW_AFTER.match(after) or cues.MADE_BEFORE.search(clause)))
