"""Days on which clerks' offices are most likely closed: weekends and US federal holidays."""

from __future__ import annotations

import datetime as dt
from functools import lru_cache

#: 5 U.S.C. § 6103(a), as (month, day), observed on the nearest weekday.
_FIXED = ((1, 1), (6, 19), (7, 4), (11, 11), (12, 25))
#: As (month, weekday, which one; -1 is the last).
_FLOATING = ((1, 0, 3), (2, 0, 3), (5, 0, -1), (9, 0, 1), (10, 0, 2), (11, 3, 4))


@lru_cache(maxsize=8)
def holidays(year: int) -> frozenset[dt.date]:
    """The federal holidays of ``year``. A state may have others or work on some, so answers state them with caution."""
    fixed = (_kept_on(dt.date(y, month, day)) for y in (year, year + 1) for month, day in _FIXED)
    days = {day for day in fixed if day.year == year} | {_nth(year, *rule) for rule in _FLOATING}
    return frozenset(days)


def _kept_on(day: dt.date) -> dt.date:
    """Friday for a Saturday, Monday for a Sunday."""
    return day + dt.timedelta(days={5: -1, 6: 1}.get(day.weekday(), 0))


def _nth(year: int, month: int, weekday: int, number: int) -> dt.date:
    if number < 0:
        after = dt.date(year + month // 12, month % 12 + 1, 1)
        return after - dt.timedelta(days=(after.weekday() - weekday - 1) % 7 + 1)
    first = dt.date(year, month, 1)
    return first + dt.timedelta(days=(weekday - first.weekday()) % 7 + 7 * (number - 1))


def closed(day: dt.date) -> bool:
    """Whether most clerks' offices are closed."""
    return day.weekday() > 4 or day in holidays(day.year)


def office_day(day: dt.date) -> dt.date:
    """``day``, or the last day before it on which clerks can be asked."""
    while closed(day):
        day -= dt.timedelta(days=1)
    return day
