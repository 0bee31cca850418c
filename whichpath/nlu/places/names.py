"""Finds the US states in a message. Does not import Rasa: :mod:`whichpath.nlu.places.component` wraps it.

A wrong state is worse than none: the person would read another state's deadlines. So a name that is also a word
("in", "or", "me"), a first name ("Virginia") or a town in several states counts only where its context is clear.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from functools import lru_cache
from typing import NamedTuple

import spacy
from spacy.language import Language
from spacy.tokens import Doc, Span

from whichpath.nlu.places import cues, elsewhere, letters
from whichpath.nlu.places.elsewhere import Other
from whichpath.nlu.places.letters import BACK, WORDS, Place
from whichpath.nlu.places.tables import ambiguous, codes, data, known, lists
from whichpath.nlu.situation.cues import tidy

__all__ = ["WORDS", "Place", "Reading", "codes", "data", "find", "near", "pipeline", "read"]

_AFTER_AMBIGUOUS = re.compile(r"(\s+county)?[\s,]+([A-Za-z]{2})(?![\w'])", re.IGNORECASE)
#: Towns of at least so many letters are also found misspelt, because no other word resembles them.
_LONG_TOWN = 10
#: What may separate a town, or a state's name used as a town, from its state.
_TOWN_GAP = re.compile(r"^(?:\s|,\s?)\s*$")


class Reading(NamedTuple):
    """The places in a message."""

    places: list[Place]
    ambiguous: list[Other]
    abroad: list[Other]


@lru_cache(maxsize=1)
def pipeline() -> Language:
    """A blank English spaCy pipeline with an entity ruler from the tables; built once, because that is slow."""
    nlp = spacy.blank("en")
    ruler = nlp.add_pipe("entity_ruler", config={"phrase_matcher_attr": "LOWER", "overwrite_ents": True})
    also = set(data()["also_people"])
    rows = [
        {"label": _label(kind, name, also), "pattern": name, "id": code}
        for code, kinds in data()["states"].items()
        for kind, names in kinds.items()
        for name in names or ()
    ]
    # spaCy tokenises "St." and "st." differently.
    rows += [{**row, "pattern": row["pattern"].title()} for row in rows if "." in row["pattern"]]
    more = {name: code for name, code in lists("towns.txt")[0].items() if name not in known()}
    # A town of one word may be a person's name.
    rows += [{"label": "PLACE" if " " in n else "PLACE_IN", "pattern": n, "id": c} for n, c in more.items()]
    rows += [{"label": "AMBIGUOUS", "pattern": name, "id": name} for name in ambiguous()]
    rows += [{"label": "NOTHING", "pattern": name, "id": name} for name in data()["not_a_state"]]
    ruler.add_patterns(rows)
    return nlp


def _label(kind: str, name: str, also_people: set[str]) -> str:
    doubtful = kind == "in_cities" or name in also_people
    return {"orders": "ORDER_NAME"}.get(kind) or ("PLACE_IN" if doubtful else "PLACE")


def find(text: str) -> list[Place]:
    """The states in ``text``, each once; the one that made the order first, if the text shows it."""
    return read(text).places


def read(text: str) -> Reading:
    """The states in ``text``; where there are none, ambiguous places and places abroad."""
    plain = tidy(text)
    doc = pipeline()(plain)
    taken: list[tuple[int, int]] = []
    several: list[Other] = []
    found = [*_counties(plain, taken, several), *letters.by_zip(plain)]
    abroad = elsewhere.abroad(plain, taken)
    taken += [(other.start, other.end) for other in abroad]
    found += [*_names(doc, plain, taken, several), *_misspelt(doc, plain, taken)]
    taken += [(place.start, place.end) for place in found]
    found += letters.by_abbreviation(plain, taken, found)
    taken += [(place.start, place.end) for place in found]
    towns = [*found, *(Place("", span.start_char, span.end_char) for span in doc.ents)]
    found += letters.by_code(doc, plain, taken, towns)
    found = _town_then_state(plain, sorted(found, key=lambda place: place.start))
    states = _ranked(plain, found)
    if any(place.made >= 0 for place in states):
        return Reading(states, [], [])
    return Reading(states, [] if abroad or states else several, abroad)


def _ranked(plain: str, found: list[Place]) -> list[Place]:
    meant = [place for place in found if not cues.NOT_BEFORE.search(plain[max(0, place.start - BACK) : place.start])]
    first: dict[str, Place] = {}
    scores: dict[str, list[int]] = {}
    for place in meant:
        first.setdefault(place.code, place)
        scores.setdefault(place.code, []).append(_made_here(plain, place))
    # «I live in Oregon now, can an Oregon judge end it»: living there outweighs the court there.
    rank = {code: max(given) if min(given) >= 0 else min(0, max(given)) for code, given in scores.items()}
    told = (place._replace(made=rank[place.code]) for place in first.values())
    return sorted(told, key=lambda place: (-place.made, place.start))


def _town_then_state(plain: str, found: list[Place]) -> list[Place]:
    """Merges a town with the state after it: «Nevada, Iowa», «Miami, Oklahoma»."""
    kept: list[Place] = []
    for place in found:
        before = kept[-1] if kept else None
        if before and before.code != place.code and _TOWN_GAP.match(plain[before.end : place.start]):
            name = plain[place.start : place.end].strip(".").lower()
            state = len(name) <= 2 or name not in known() or name in data()["states"][place.code]["names"]
            after = plain[place.end : place.end + BACK]
            if state and (cues.ENDS.match(after) or cues.LAW_AFTER.match(after)):
                negated = cues.NOT_BEFORE.search(plain[max(0, before.start - BACK) : before.start])
                kept[-1] = place if negated else place._replace(start=before.start)
                continue
        kept.append(place)
    return kept


def _counties(plain: str, taken: list[tuple[int, int]], several: list[Other]) -> Iterator[Place]:
    for code, start, end, told in elsewhere.counties(plain):
        name = plain[start:end].lower()
        if name in known() or name in data()["not_a_state"]:
            continue
        if told and name not in data()["ambiguous"]:
            taken.append((start, end))
            by_code = list(_with_code(start, end, codes(), plain[end : end + BACK]))
            if by_code or code:
                yield from by_code or (Place(code, start, end),)
            else:
                several.append(Other(name, start, end))


def _names(doc: Doc, plain: str, taken: list[tuple[int, int]], several: list[Other]) -> Iterator[Place]:
    for span in doc.ents:
        start, end = span.start_char, span.end_char
        if any(a < end and start < b for a, b in taken):
            continue
        before, after = plain[max(0, start - BACK) : start], plain[end : end + BACK]
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
            by_code = list(_with_code(start, end, ambiguous()[span.ent_id_], after))
            yield from by_code
            if not by_code and (span.text.lower().endswith(" county") or _is_place(span, before, after)):
                several.append(Other(span.text.lower(), start, end))
        elif span.label_ != "PLACE_IN" or _is_place(span, before, after):
            yield Place(span.ent_id_, start, end)


def _with_code(start: int, end: int, allowed: Collection[str], after: str) -> Iterator[Place]:
    """The state of an ambiguous town by the code after it: «springfield il». «or» counts only if nothing follows."""
    match = _AFTER_AMBIGUOUS.match(after)
    code = match[2].upper() if match else ""
    # A county may be in a state that is not listed for its name.
    if match and code in (codes() if match[1] else allowed):
        ends = cues.HARD_END.match(after[match.end() :])
        if code not in WORDS or (match[2].isupper() and "," in match[0]) or ends:
            yield Place(code, start, end + match.end())


def _is_place(span: Span, before: str, after: str) -> bool:
    lawful = cues.LAW_AFTER.match(after)
    if cues.PERSON_DOES.match(after) or (cues.KIN_BEFORE.search(before) and not lawful):
        return False
    text = span.doc.text
    rest = cues.SMALL_WORDS.sub("", text[: span.start_char] + " " + text[span.end_char :])
    if not rest.strip(" .,!?()/-0123456789"):
        return True
    around = cues.PLACE_BEFORE.search(before) or cues.LAW_BEFORE.search(before) or lawful
    first = not before.strip() and cues.ANSWER_AFTER.match(after)
    last = cues.ANSWER_BEFORE.search(before) and cues.HARD_END.match(after)
    # «atlanta georgia», «arlington virginia»: a town right before the state.
    towns = (text[other.end_char : span.start_char] for other in span.doc.ents if other.end <= span.start)
    ends = lawful or cues.HARD_END.match(after)
    town = any(not gap.strip() or (ends and not gap.strip(" ,")) for gap in towns)
    return bool(around or first or last or town)


@lru_cache(maxsize=1)
def _long_names() -> tuple[dict[str, list[tuple[str, str]]], dict[str, list[tuple[str, str]]]]:
    """Names for the search by edit distance, as (name, code): single words by first letter, others by first word."""
    single: dict[str, list[tuple[str, str]]] = {}
    second: dict[str, list[tuple[str, str]]] = {}
    for code, kinds in data()["states"].items():
        words = kinds["names"][0].split()
        if len(words) == 1 and len(words[0]) >= 6:
            single.setdefault(words[0][0], []).append((words[0], code))
        elif len(words) == 2 and words[0] in ("new", "north", "south", "west", "rhode", "puerto"):
            second.setdefault(words[0], []).append((words[1], code))
    towns = (
        (town, code)
        for code, kinds in data()["states"].items()
        for town in kinds.get("cities") or ()
        if town.isalpha() and len(town) >= _LONG_TOWN
    )
    for town, code in towns:
        single.setdefault(town[0], []).append((town, code))
    return single, second


def _misspelt(doc: Doc, plain: str, taken: list[tuple[int, int]]) -> Iterator[Place]:
    single, second = _long_names()
    known = {token.i for span in doc.ents for token in span}
    for token in doc:
        word, end = token.lower_, token.idx + len(token)
        if token.i in known or not word.isalpha() or word in data()["not_misspelt"]:
            continue
        before = doc[token.i - 1] if token.i else None
        if before is not None and before.lower_ in second:
            options, least, start = second[before.lower_], 4, before.idx
        else:
            options, least, start = single.get(word[0], []), 6, token.idx
        if len(word) < least or cues.STREET_AFTER.match(plain[end:]):
            continue
        for name, code in options:
            if name != word and near(word, name):
                yield Place(code, start, end)
                break


@lru_cache(maxsize=4096)
def near(word: str, name: str) -> bool:
    """Whether ``word`` is ``name`` with at most one typing mistake, or two from 8 letters on (Damerau-Levenshtein)."""
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
    """1: the order was made there; 0: not known; -1: the person only lives there; -2: somebody else does."""
    before, after = plain[max(0, place.start - BACK) : place.start], plain[place.end : place.end + BACK]
    if cues.MADE_AFTER.match(after):
        return 1
    if cues.MOVED_FROM.search(before):
        return 0
    if cues.ORDER_AFTER.match(after):
        return 1
    clause = cues.CLAUSE.split(before)[-1]
    if cues.LIVES_THERE.search(clause) or (cues.NOW_THERE.search(before) and not cues.BUT_AFTER_NOW.search(before)):
        return -2 if cues.OTHERS.search(clause) else -1
    return int(bool(cues.LAW_AFTER.match(after) or cues.MADE_BEFORE.search(clause)))
