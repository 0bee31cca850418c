"""Finds the day of a hearing in a message. No Rasa here: :mod:`whichpath.nlu.dates.component` is the component around it.

Cheap patterns cut out what looks like a day and decide whether it is told of court; only then
`dateparser` reads it. A day of anything else (served, filed, expires, 2019) is no hearing date.
"""

from __future__ import annotations

import datetime as dt
import re
from functools import lru_cache
from typing import NamedTuple

import dateparser

from whichpath.nlu.dates import cues
from whichpath.nlu.situation.cues import tidy

#: Hearings lie within weeks or a few months. Further off it is the end of an order, or a past year.
LATEST, EARLIEST = dt.timedelta(days=540), dt.timedelta(days=120)
#: A day without a year that would be nearly a year off was most likely just missed.
_TOO_FAR, _JUST_PAST, _A_YEAR = dt.timedelta(days=240), dt.timedelta(days=100), dt.timedelta(days=366)


class Day(NamedTuple):
    """A hearing day, and where it stands in the text."""

    date: dt.date
    start: int
    end: int


@lru_cache(maxsize=1)
def warm_up() -> None:
    """Loads what `dateparser` reads lazily, so that the first person does not wait for it."""
    for words in ("12/5", "dec 5th", "2026-12-05"):
        _parsed(words, dt.date(2026, 11, 22))


def find(text: str, today: dt.date) -> list[Day]:
    """The hearing days that ``text`` names; with «moved to» the new one first."""
    if not cues.GATE.search(text):
        return []
    plain = tidy(text)
    spans = [m for m in cues.SPAN.finditer(plain) if _is_day(m, plain)]
    days, seen, of_court = [], 0, False
    for match in spans:
        joined = of_court and cues.JOINED.match(plain[seen : match.start()])
        before = _clause_before(plain, seen, match.start())
        seen = match.end()
        of_court = bool(joined) or _of_court(before, plain, match, spans) or _whole(plain, match)
        if not of_court:
            continue
        past = cues.PAST.search(before) or cues.WAS_AFTER.match(plain[match.end() :])
        date = _date(match, today, past=bool(past))
        if date and today - EARLIEST <= date <= today + LATEST:
            days.append(Day(date, match.start(), match.end()))
    return days[::-1] if len(days) > 1 and cues.MOVED.search(plain) else days


def _is_day(match: re.Match[str], plain: str) -> bool:
    """Leaves out «24/7», «2nd time», «10-12 days», «i sat there»."""
    before, after = plain[: match.start()], plain[match.end() :]
    if match["slash"]:
        return not cues.UNIT_AFTER.match(after)
    if match["ahead"]:
        return not cues.HALF_AFTER.match(after)
    if (match["nth"] or match["weekday"]) and cues.ANY_DAY_BEFORE.search(before):
        return False
    if match["nth"]:
        digits = match["number"][0].isdigit()  # «plead the fifth» is no day
        return bool(match["month2"] or (digits and cues.NTH_AFTER.match(after)) or cues.NTH_OF_COURT.search(before))
    if match["day"] and not match["which"] and cues.SHORT_DAY.match(match["day"]):
        return bool(cues.SHORT_DAY_BEFORE.search(before)) or not before.strip()
    return True


def _clause_before(plain: str, seen: int, start: int) -> str:
    """The words between the day before (or the clause's beginning) and this day."""
    return cues.PIECES.split(plain[seen:start])[-1]


def _of_court(before: str, plain: str, match: re.Match[str], spans: list[re.Match[str]]) -> bool:
    """Whether the nearest telling word before the day, or else after it, is one of court."""
    court, other = _last(cues.COURT, before), _last(cues.OTHER, before)
    if court >= 0 or other >= 0:
        return court > other
    if cues.IT_BEFORE.match(before) and cues.COURT.search(plain[max(0, match.start() - 120) : match.start()]):
        return True
    following = [m.start() for m in spans if m.start() > match.start()]
    rest = plain[match.end() : following[0] if following else len(plain)]
    after = cues.PIECES.split(rest)[0][:60]
    court_after, other_after = cues.COURT.search(after), cues.OTHER.search(after)
    if court_after:
        return other_after is None or court_after.start() < other_after.start()
    return False


def _last(pattern: re.Pattern[str], text: str) -> int:
    return max((m.start() for m in pattern.finditer(text)), default=-1)


def _whole(plain: str, match: re.Match[str]) -> bool:
    """Whether the message says nothing but the day, and perhaps the time."""
    rest = f"{plain[: match.start()]} {plain[match.end() :]}"
    return len(rest) < 60 and not cues.FILLER.sub("", rest)


def _date(match: re.Match[str], today: dt.date, past: bool) -> dt.date | None:
    if match["weekday"]:
        return _weekday(match, today, past)
    if match["nth"]:
        return _nth(match, today, past)
    if match["ahead"] or match["ago"] or match["tomorrow"] or match["after"]:
        return _relative(match, today)
    words = cues.in_digits(cues.DAY_FIRST.sub("", match[0]))
    date = _parsed(words.replace(".", "/") if match["mark"] else words, today)
    if date and not re.search(r"\d{4}|[/.-]\d+[/.-]", words):
        if date - today > _A_YEAR:
            return None  # February 29 with no year, and it is none of the next: to be asked for
        earlier = _same_day(date, date.year - 1)
        just_past = earlier and earlier <= today and today - earlier <= _JUST_PAST
        if just_past and (past or date - today > _TOO_FAR):
            return earlier
    return date


def _parsed(words: str, today: dt.date) -> dt.date | None:
    base = dt.datetime.combine(today, dt.time(0))
    settings = {"PREFER_DATES_FROM": "future", "RELATIVE_BASE": base, "DATE_ORDER": "MDY"}
    found = dateparser.parse(words, languages=["en"], settings=settings)
    return found.date() if found else None


def _same_day(date: dt.date, year: int) -> dt.date | None:
    try:
        return date.replace(year=year)
    except ValueError:
        return None


def _weekday(match: re.Match[str], today: dt.date, past: bool) -> dt.date:
    number = next(i for i, name in enumerate(cues.DAYS) if name.startswith(match["day"].lower()[:3]))
    which, later = (match["which"] or "").lower(), (match["later"] or match["ahead_week"] or "").lower()
    if which.startswith(("last", "past")) or (past and not which):
        return today - dt.timedelta(days=(today.weekday() - number) % 7 or 7)
    if which.startswith("this") and number == today.weekday():
        return today
    coming = today + dt.timedelta(days=(number - today.weekday()) % 7 or 7)
    monday = today - dt.timedelta(days=today.weekday())
    if "weeks" in later or "after" in later:
        return coming + dt.timedelta(days=7)
    if which.startswith(("next", "nxt")) or "next" in later:
        # The Tuesday of next week. On a Sunday that is the coming one, never a day later than meant.
        return monday + dt.timedelta(days=7 + number)
    return coming


def _nth(match: re.Match[str], today: dt.date, past: bool) -> dt.date | None:
    day = cues.number_of(match["number"])
    months = range(0, -4, -1) if past else range(0, 4)
    if "next" in (match["month2"] or "").lower():
        months = range(1, 2)
    dates = []
    for shift in months:
        year, month = divmod(today.year * 12 + today.month - 1 + shift, 12)
        try:
            date = dt.date(year, month + 1, day)
        except ValueError:
            continue
        if (date <= today) if past else (date >= today or match["month2"]):
            dates.append(date)
    # «friday the 8th» tells the month too.
    name = match["nth_day"]
    fits = [date for date in dates if name and cues.DAYS[date.weekday()].startswith(name[:3].lower())]
    return next(iter([*fits, *dates]), None)


def _relative(match: re.Match[str], today: dt.date) -> dt.date | None:
    words = match[0].lower()
    if match["tomorrow"]:
        if words == "today" or words.startswith(("this", "in ")):
            return today
        return today + dt.timedelta(days=2 if words.startswith("day after") else 1)
    if words in ("yesterday", "last night"):
        return today - dt.timedelta(days=1)
    number = re.search(rf"\b{cues.NUMBER}\b", words.removeprefix("in "))
    count = number[0] if number else "1"
    count = int(count) if count.isdigit() else cues.NUMBER_WORDS[count]
    days = count * (7 if "week" in words or "wk" in words else 30 if "month" in words else 1)
    if match["ago"]:
        return today - dt.timedelta(days=days)
    if match["from"] and match["from"].lower() not in ("today", "tomorrow"):
        number = next(i for i, name in enumerate(cues.DAYS) if name.startswith(match["from"].lower()[:3]))
        days += (number - today.weekday()) % 7 or 7
    elif match["from"]:
        days += match["from"].lower() == "tomorrow"
    return today + dt.timedelta(days=days)
