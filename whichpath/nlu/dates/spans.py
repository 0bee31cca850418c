"""Finds hearing dates in a message. Does not import Rasa: :mod:`~whichpath.nlu.dates.component` wraps it.

Numbers that are not dates are blanked (:mod:`~whichpath.nlu.dates.noise`), dates are found
(:mod:`~whichpath.nlu.dates.grammar`), and the words around each decide whether it is a hearing date
(:mod:`~whichpath.nlu.dates.cues`). Dates of other events (served, filed, expires) are ignored.
"""

from __future__ import annotations

import datetime as dt
import re
from functools import lru_cache
from typing import NamedTuple

from whichpath.nlu.dates import cues, grammar, noise
from whichpath.nlu.dates.words import count_of
from whichpath.nlu.situation.cues import tidy

#: A hearing is at most this far ahead or ago. Other dates are the end of an order, or a past year.
LATEST, EARLIEST = dt.timedelta(days=540), dt.timedelta(days=120)


class Day(NamedTuple):
    """A hearing date, and its place in the text."""

    date: dt.date
    start: int
    end: int


class Part(NamedTuple):
    """A part of the text about the hearing that gives no exact date."""

    text: str
    start: int
    end: int


class Reading(NamedTuple):
    """The dates of a message about the hearing: exact ones, impossible ones, and lengths of time or vague dates."""

    days: list[Day]
    bad: list[Part]
    spans: list[Part]


class _Found(NamedTuple):
    match: re.Match[str]
    start: int
    end: int
    ahead: int = 0


@lru_cache(maxsize=1)
def warm_up() -> None:
    """Compiles the patterns, so that the first message is not slow."""
    find("court is dec 5th", dt.date(2026, 11, 22))


def find(text: str, today: dt.date) -> list[Day]:
    """The hearing dates in ``text``; after «moved to» the new one first."""
    return read(text, today).days


def read(text: str, today: dt.date) -> Reading:
    """Everything that ``text`` says about the hearing date. ``today``: the date that relative dates count from."""
    if not cues.GATE.search(text):
        return Reading([], [], [])
    plain = cues.one_stop(tidy(text))
    blanked = noise.blanked(plain)
    found = [_extended(m, blanked) for m in grammar.DAY.finditer(blanked) if _is_day(m, blanked)]
    found = [one for one, later in zip(found, [*found[1:], None], strict=False) if not _told_twice(one, later, blanked)]
    days, bad, old = [], [], set()
    vague = [Part(text[f.start : f.end], f.start, f.end) for f in found if _is_vague(f, blanked)]
    seen, of_court, before = 0, False, ""
    vagues = []
    for one in found:
        joined = cues.JOINED.match(blanked[seen : one.start])
        before = _clause_before(plain, seen, one.start)
        of_court = (
            bool(of_court and joined) or _of_court(before, plain, one, found) or _whole(plain, blanked, one, found)
        )
        seen = one.end
        part = Part(text[one.start : one.end], one.start, one.end)
        sentence = cues.SENTENCES.split(plain[: one.start])[-1]
        if not of_court or cues.WISH.search(sentence):
            continue
        if part in vague or _joined_to(vague, plain, one):
            vagues.append(part)
            continue
        past = cues.PAST.search(before) or cues.WAS_AFTER.match(blanked[one.end :])
        try:
            date = grammar.date_of(one.match, grammar.Context(today, bool(past)))
        except grammar.Impossible:
            bad.append(part)
            continue
        if date is None:
            vagues.append(part)
            continue
        date += dt.timedelta(days=one.ahead)
        if today - EARLIEST <= date <= today + LATEST:
            days.append(Day(date, one.start, one.end))
            if cues.OLD_BEFORE.search(blanked[: one.start]):
                old.add(days[-1])
    days = _newest_first(days, old, plain, today)
    if days:
        return Reading(days, [], [])
    return Reading([], bad, [] if bad else vagues + _spans(text, plain, blanked, found))


def _newest_first(days: list[Day], old: set[Day], plain: str, today: dt.date) -> list[Day]:
    days = [day for day in days if not (cues.NOT_BEFORE.search(plain[: day.start]) and len(days) > 1)]
    if len(days) == 1 and cues.MOVED_FROM.search(plain[: days[0].start]):
        return []
    if len(days) > 1 and not old and cues.MOVED.search(plain):
        return days[::-1]
    return sorted(days, key=lambda day: (day in old, day.date < today))


def _extended(match: re.Match[str], plain: str) -> _Found:
    """``match``, extended by «a week from» before it."""
    counted = cues_from(plain[: match.start()]) if not match["ago"] else None
    if not counted:
        return _Found(match, match.start(), match.end())
    count = count_of(counted["n"]) if counted["n"] else 1
    days = (count or 0) * (1 if counted["unit"].lower().startswith("d") else 7)
    return _Found(match, counted.start(), match.end(), days)


def cues_from(before: str) -> re.Match[str] | None:
    """A match of «two weeks from» at the end of ``before``."""
    return grammar.COUNTED_FROM.search(before[-40:]) and grammar.COUNTED_FROM.search(before, max(0, len(before) - 40))


def _is_day(match: re.Match[str], plain: str) -> bool:
    """Whether it is a date, unlike «24/7», «2nd time», «10-12 days», «i sat there»."""
    before, after = plain[: match.start()], plain[match.end() :]
    if match["nums"]:
        return not cues.UNIT_AFTER.match(after) and match["nums"] not in ("24/7", "50/50", "9/11")
    if match["mday"]:
        return not (match["md_day"].isdigit() and cues.UNIT_AFTER.match(after))
    if (match["nth"] or match["weekday"]) and cues.ANY_DAY_BEFORE.search(before):
        return False
    if match["nth"]:
        digits = match["number"][0].isdigit()  # «plead the fifth» is not a date
        return bool(
            match["month2"]
            or match["nth_day"]
            or (digits and cues.NTH_AFTER.match(after))
            or cues.NTH_OF_COURT.search(before)
        )
    if match["day"] and not match["which"] and cues.SHORT_DAY.match(match["day"]):
        return bool(cues.SHORT_DAY_BEFORE.search(before)) or not before.strip()
    return True


def _is_vague(one: _Found, plain: str) -> bool:
    """Whether it is not exact: «the week of dec 7», «the friday before christmas»."""
    if one.ahead:
        return False
    after = cues.VAGUE_AFTER.match(plain[one.end :])
    return bool(cues.VAGUE_BEFORE.search(plain[: one.start]) or (one.match["weekday"] and after))


def _told_twice(one: _Found, later: _Found | None, blanked: str) -> bool:
    """Whether it is only the weekday of the date that follows."""
    if later is None:
        return False
    dated = any(later.match[kind] for kind in ("iso", "nums", "mday", "dmon", "cday"))
    bare = one.match["weekday"] and not one.ahead and not one.match["which"]
    return bool(bare and dated and cues.SAME_DAY.match(blanked[one.end : later.start]))


def _joined_to(vague: list[Part], plain: str, one: _Found) -> bool:
    """Whether it is the second date of «between dec 5 and dec 9», which is as vague as the first."""
    return any(part.end < one.start and cues.BETWEEN.match(plain[part.end : one.start]) for part in vague)


def _clause_before(plain: str, seen: int, start: int) -> str:
    """The words between the previous date, or the beginning of the clause, and ``start``."""
    return cues.PIECES.split(plain[seen:start])[-1]


def _of_court(before: str, plain: str, one: _Found, found: list[_Found]) -> bool:
    """Whether the nearest cue before the date, or else after it, is about court."""
    if cues.MOVED_TO.search(plain[max(0, one.start - 60) : one.start]):
        return True
    if cues.NOT_UNTIL.search(before) and cues.COURT.search(before):
        return True
    court, other = _last(cues.COURT, before), _last(cues.OTHER, before)
    until = other and cues.UNTIL.match(other[0])
    if cues.IS_BEFORE.match(before):
        sentence = cues.SENTENCES.split(plain[: one.start])[-1]
        first, thing = cues.COURT.search(sentence) or cues.PAPERS.search(sentence), cues.OTHER.search(sentence)
        if first and (not thing or first.start() < thing.start()):
            return True
    if (court or other) and not (until and not court):
        return (court.start() if court else -1) > (other.start() if other else -1)
    if cues.IT_BEFORE.match(before) and cues.COURT.search(plain[max(0, one.start - 120) : one.start]):
        return True
    following = [later.start for later in found if later.start > one.start]
    rest = plain[one.end : following[0] if following else len(plain)]
    after = (cues.SENTENCES if until else cues.PIECES).split(rest)[0][:60]
    court_after, other_after = cues.COURT.search(after), cues.OTHER.search(after)
    if court_after:
        return other_after is None or court_after.start() < other_after.start()
    return False


def _last(pattern: re.Pattern[str], text: str) -> re.Match[str] | None:
    return max(pattern.finditer(text), key=lambda match: match.start(), default=None)


def _whole(plain: str, blanked: str, one: _Found, found: list[_Found]) -> bool:
    """Whether the message, or a clause of it, consists of the date and perhaps the time, without another event."""
    rest = blanked
    for other in found:
        rest = rest[: other.start] + " " * (other.end - other.start) + rest[other.end :]
    if len(rest.strip()) < 60 and not cues.FILLER.sub("", rest):
        return not cues.OTHER.search(plain)
    start = max((m.end() for m in cues.CLAUSES.finditer(plain, 0, one.start)), default=0)
    end = next((m.start() for m in cues.CLAUSES.finditer(plain, one.end)), len(plain))
    clause = rest[start:end]
    sure = any(one.match[kind] for kind in ("iso", "nums", "mday", "dmon", "tomorrow"))
    return sure and start > 0 and not cues.FILLER.sub("", clause) and not cues.OTHER.search(plain)


def _spans(text: str, plain: str, blanked: str, found: list[_Found]) -> list[Part]:
    """Lengths of time until the hearing: «in 2 weeks», «next week»."""
    if cues.BARE_SPAN.match(blanked) and not cues.OTHER.search(plain):
        return [Part(text.strip(), 0, len(text))]
    parts = []
    for match in cues.SPAN.finditer(blanked):
        one = _Found(match, match.start(), match.end())
        before = _clause_before(plain, 0, one.start)
        asked = cues.ASKS.match(cues.SENTENCES.split(plain[: one.end])[-1]) and not cues.OWN.search(before)
        if not asked and (_of_court(before, plain, one, found) or _whole_span(blanked, one)):
            parts.append(Part(text[one.start : one.end], one.start, one.end))
    return parts


def _whole_span(plain: str, one: _Found) -> bool:
    rest = f"{plain[: one.start]} {plain[one.end :]}"
    return len(rest.strip()) < 60 and not cues.FILLER.sub("", rest)
