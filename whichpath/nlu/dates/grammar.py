"""A grammar of written dates, and the date that each form means.

Our own grammar instead of `dateparser`, which guesses ("8:30 dec 9" becomes the 30th, "9. may" a date), does not know
"third friday of january", and reads lengths of time as dates. Month arithmetic uses `dateutil`.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from typing import NamedTuple

from dateutil import relativedelta

from whichpath.nlu.dates.words import (
    ANY_NTH,
    CARDINAL,
    DAY_NAME,
    MONTH_DOT,
    NTH_WORD,
    NUMBER,
    count_of,
    day_of,
    month_of,
    number_of,
)

#: A date without a year means the last one, not the next, if the next is further off than the first, and the last one
#: less long ago than the second.
_TOO_FAR, _JUST_PAST = dt.timedelta(days=240), dt.timedelta(days=100)
_WEEKDAY = (relativedelta.MO, relativedelta.TU, relativedelta.WE, relativedelta.TH, relativedelta.FR)
_WEEKDAYS = (*_WEEKDAY, relativedelta.SA, relativedelta.SU)
_NTH = r"\d{1,2}\s?(?:st|nd|rd|th)\b"
#: «Thursday, December 10», «fri the 11th», «Mon 12/7»: the weekday belongs to the date that follows.
_DAY_FIRST = rf"{DAY_NAME}\b[.,]*\s+(?:on\s+)?(?:the\s+)?"
_YEAR = r"(?:,?\s*(?:of\s)?(?:20\d\d|'\d\d)\b)"
_PLAIN_MONTH = rf"(?!may\b|mar(?:ch)?\b){MONTH_DOT}"
#: «court is the first»: no noun may follow.
_EARLY_DAY = r"(?<=the\s)(?:first|second|third)(?=\s*(?:$|[.,!?]|at\b|@|i\b))"
_TOMORROW = (
    r"(?:the\s)?day\safter\s(?:tomorrow|tomm?orr?ow|tmrw)|tomm?orr?ow|tmrw|tmr|tomm|2morrow|2moro|2mrw|today|2day"
    r"|this\smorning|this\safternoon|this\sevening|tonight"
)
DAY = re.compile(
    rf"""(?<![\w/.-])(?:
      (?P<iso> \d{{4}}(?P<sep>[-/.])\d{{1,2}}(?P=sep)\d{{1,2}}(?=T|\b) )
    | (?P<nums> (?:{_DAY_FIRST})?(?:\d{{1,2}}(?P<mark>\s?[-/.]\s?)\d{{1,2}}(?P=mark)(?:\d{{4}}|'?\d{{2}})
                 |\d{{1,2}}\s\d{{1,2}}\s20\d\d|\d{{1,2}}\s?/\s?\d{{1,2}}|(?<=on\s)\d{{1,2}}-\d{{1,2}}) )
    | (?P<nthday> (?P<nd_n>first|second|third|fourth|fifth|last|final|[1-5]\s?(?:st|nd|rd|th))\s(?P<nd_day>{DAY_NAME})
                 \s(?:(?:of|in|on|for)\s)?(?:the\smonth\s(?:of|in)\s)?(?:(?P<nd_month>{MONTH_DOT})(?P<nd_year>{_YEAR})?
                 |(?P<nd_which>(?:the|this|next|the\snext|the\sfollowing|the\scoming|the\ssame)\smonth)) )
    | (?P<mday> (?:{_DAY_FIRST})?(?P<md_month>{MONTH_DOT})[\s,/-]*(?:the\s)?
                 (?P<md_day>\d{{1,2}}(?:\s?(?:st|nd|rd|th)\b)?|(?:{ANY_NTH})\b)(?![\d:/])
                 (?P<md_year>{_YEAR}|-(?:20)?\d\d\b|/(?:20)?\d\d\b)? )
    | (?P<dmon> (?:{_DAY_FIRST})?(?:the\s|el\s)?
                 (?P<dm_day>\d{{1,2}}(?:\s?(?:st|nd|rd|th))?|(?:{ANY_NTH})\b)[\s/-]*(?:of\s|day\sof\s|de\s)?
                 (?P<dm_month>{MONTH_DOT})(?!\s(?:the\s)?\d{{1,2}}(?:st|nd|rd|th)?\b)(?!(?<=may)\s(?:be|i|he|she|they|not|have|get|we|it|change)\b)
                 (?P<dm_year>{_YEAR}|[-/](?:20)?\d\d\b)? )
    | (?P<cday> (?:{_DAY_FIRST})?(?P<cd_month>{_PLAIN_MONTH})\s(?:the\s)?
                 (?P<cd_day>{CARDINAL})\b(?!\s(?:day|week|hour|month|year)s?\b) )
    | (?P<hours> in\s(?:about\s|like\s|just\s|less\sthan\s|under\s)?(?P<hr>{NUMBER}|half\san)\s?(?:hours?|hrs?)\b
               | (?P<hr2>{NUMBER})\s?(?:hours?|hrs?)\sfrom\snow\b )
    | (?P<ago> (?P<ago_n>{NUMBER})\s(?:days?)\sago\b | yesterday | last\snight|(?:the\s)?day\sbefore\syesterday )
    | (?P<tomorrow> {_TOMORROW} )
    | (?P<notthis> not\s(?:this|the|this\scoming)\s(?P<nt_day>{DAY_NAME})\b,?\s
                 (?:but\s|its\s|it's\s|rather\s)?(?:the\s)?
               (?:(?:next|following)(?:\sone|\sweek|\s{DAY_NAME})?|one\safter|week\safter) )
    | (?P<twodays> (?P<td_n>two|three|2|3)\s(?P<td_day>{DAY_NAME})s?\sfrom\s(?:now|today) )
    | (?P<nth> (?:(?P<nth_day>{DAY_NAME})\b[.,]*\s+(?:the\s+|on\s+)*)?
               (?P<number>{_NTH}|{NTH_WORD}|{_EARLY_DAY})
                 (?P<month2>,?\s(?:of\s|day\sof\s)?(?:next|this|the\snext|the\sfollowing)\smonth)?(?![\w-]) )
    | (?P<weekday> (?P<ahead_week>next\sweek\s(?:on\s)?)?
               (?P<which>(?:this|next|nxt|last|past)\s(?:coming\s|upcoming\s|past\s)?|(?:coming|upcoming|following)\s)?(?P<day>{DAY_NAME})\b
               (?P<later>\safter\snext|\s(?:of\s|in\s)?(?:the\s)?(?:next|following)\sweek|\sin\s(?:two|2)\sweeks)? )
    )(?![\w/]|-\d)""",
    re.IGNORECASE | re.VERBOSE,
)
#: «a week from tuesday», «2 weeks after dec 9»: counted from the date that follows.
COUNTED_FROM = re.compile(
    rf"(?<![\w/.-])(?:(?P<n>{NUMBER})\s)?(?P<unit>weeks?|wks?|days?)\s(?:from|after)\s(?:the\s|this\s(?=next|coming))?$",
    re.I,
)


class Impossible(ValueError):
    """The date does not exist in the calendar."""


class Context(NamedTuple):
    """The current date, and whether the message speaks of the date in the past tense."""

    today: dt.date
    past: bool = False


def date_of(match: re.Match[str], context: Context) -> dt.date | None:
    """The date that a ``match`` of :data:`DAY` means, ``None`` where it is not exact.

    Raises:
        Impossible: the calendar has no such date.
    """
    kind = next(name for name in _KINDS if match[name])
    return _KINDS[kind](match, context)


def _day(year: int, month: int, day: int) -> dt.date:
    try:
        return dt.date(year, month, day)
    except ValueError as error:
        raise Impossible(str(error)) from error


def _year(words: str | None) -> int | None:
    digits = re.sub(r"\D", "", words or "")
    return (int(digits) if len(digits) == 4 else 2000 + int(digits)) if digits else None


def _without_year(month: int, day: int, context: Context) -> dt.date:
    """The next such date; the last one where the message uses the past tense or the next is far off."""
    today, found = context.today, []
    for year in range(today.year - 1, today.year + 2):
        try:
            found.append(dt.date(year, month, day))
        except ValueError:
            continue
    ahead = next((date for date in found if date >= today), None)
    past = next((date for date in reversed(found) if date <= today), None)
    if past and today - past <= _JUST_PAST and (context.past or ahead is None or ahead - today > _TOO_FAR):
        return past
    if ahead is None or ahead - today > dt.timedelta(days=366):
        raise Impossible("no such day in the coming year")
    return ahead


def _month_day(month: int, day: int, year: int | None, context: Context) -> dt.date:
    return _day(year, month, day) if year else _without_year(month, day, context)


def _iso(match: re.Match[str], context: Context) -> dt.date:
    return _day(*(int(part) for part in re.split(r"[-/.]", match["iso"])))


def _nums(match: re.Match[str], context: Context) -> dt.date:
    month, day, *year = (int(part) for part in re.findall(r"\d+", match["nums"]))
    if month > 12 >= day:  # «25/12/2026»: day before month
        month, day = day, month
    return _month_day(month, day, _year(str(year[0])) if year else None, context)


def _named(month: str, day: str, year: str) -> Callable[[re.Match[str], Context], dt.date | None]:
    def found(match: re.Match[str], context: Context) -> dt.date:
        return _month_day(month_of(match[month]), number_of(match[day]), _year(match[year]) if year else None, context)

    return found


def _nth_weekday(match: re.Match[str], context: Context) -> dt.date:
    word = match["nd_n"].lower()
    nth = -1 if word in ("last", "final") else number_of(word)
    first = context.today.replace(day=1)
    if match["nd_month"]:
        month, year = month_of(match["nd_month"]), _year(match["nd_year"])
        found = [
            _nth_in(dt.date(y, month, 1), nth, match["nd_day"]) for y in ([year] if year else _years(context.today))
        ]
        back = dt.timedelta(days=100 if context.past else 0)
        return next((date for date in found if year or date >= context.today - back), found[-1])
    which = match["nd_which"].lower()
    ahead = any(word in which for word in ("next", "following", "coming"))
    day = _nth_in(first + relativedelta.relativedelta(months=int(ahead)), nth, match["nd_day"])
    if which == "the month" and day < context.today and not context.past:
        return _nth_in(first + relativedelta.relativedelta(months=1), nth, match["nd_day"])
    return day


def _years(today: dt.date) -> range:
    return range(today.year, today.year + 2)


def _nth_in(first: dt.date, nth: int, name: str) -> dt.date:
    weekday = _WEEKDAYS[day_of(name)]
    found = first + relativedelta.relativedelta(day=1 if nth > 0 else 31, weekday=weekday(nth))
    if found.month != first.month:
        raise Impossible("no fifth one in that month")
    return found


def _hours(match: re.Match[str], context: Context) -> dt.date | None:
    words = (match["hr"] or match["hr2"]).lower()
    count = 0 if words.startswith("half") else count_of(words)
    if count is None or count <= 8:
        return context.today
    return context.today + dt.timedelta(days=count // 24) if count % 24 == 0 else None


def _ago(match: re.Match[str], context: Context) -> dt.date | None:
    words = match["ago"].lower()
    count = count_of(match["ago_n"]) if match["ago_n"] else 2 if "before" in words else 1
    # «30 days ago» is an estimate, «3 days ago» a date.
    return context.today - dt.timedelta(days=count) if count and count <= 10 else None


def _tomorrow(match: re.Match[str], context: Context) -> dt.date:
    words = match["tomorrow"].lower()
    if words.startswith(("this", "tonight", "today", "2day")):
        return context.today
    return context.today + dt.timedelta(days=2 if "after" in words else 1)


def _coming(name: str, today: dt.date) -> dt.date:
    return today + dt.timedelta(days=(day_of(name) - today.weekday()) % 7 or 7)


def _not_this(match: re.Match[str], context: Context) -> dt.date:
    return _coming(match["nt_day"], context.today) + dt.timedelta(days=7)


def _two_days(match: re.Match[str], context: Context) -> dt.date:
    return _coming(match["td_day"], context.today) + dt.timedelta(days=7 * (number_of(match["td_n"]) - 1))


def _weekday(match: re.Match[str], context: Context) -> dt.date:
    today, number = context.today, day_of(match["day"])
    which, later = (match["which"] or "").lower(), (match["later"] or match["ahead_week"] or "").lower()
    if which.startswith(("last", "past", "this past")) or (context.past and not which):
        return today - dt.timedelta(days=(today.weekday() - number) % 7 or 7)
    if which.startswith("this") and number == today.weekday():
        return today
    coming = _coming(match["day"], today)
    if "weeks" in later or "after" in later:
        return coming + dt.timedelta(days=7)
    if which.startswith(("next", "nxt")) or "next" in later or "following" in later:
        # The Tuesday of next week; on a Sunday the nearest one, so that the date is never later than meant.
        return today + dt.timedelta(days=7 + number - today.weekday())
    return coming


def _nth(match: re.Match[str], context: Context) -> dt.date:
    day, today = number_of(match["number"]), context.today
    if not 1 <= day <= 31:
        raise Impossible("no such day in any month")
    ahead = (match["month2"] or "").lower()
    months = range(0, -4, -1) if context.past else range(0, 4)
    if ahead:
        months = range(0, 1) if "this" in ahead else range(1, 2)
    dates = []
    for shift in months:
        first = today.replace(day=1) + relativedelta.relativedelta(months=shift)
        try:
            date = first.replace(day=day)
        except ValueError:
            continue
        if (date <= today) if context.past else (date >= today or ahead):
            dates.append(date)
    # «friday the 8th» determines the month too.
    name = match["nth_day"]
    fits = [date for date in dates if name and date.weekday() == day_of(name)]
    if not (fits or dates):
        raise Impossible("no such day in that month")
    return next(iter([*fits, *dates]))


_KINDS: dict[str, Callable[[re.Match[str], Context], dt.date | None]] = {
    "iso": _iso,
    "nums": _nums,
    "nthday": _nth_weekday,
    "mday": _named("md_month", "md_day", "md_year"),
    "dmon": _named("dm_month", "dm_day", "dm_year"),
    "cday": _named("cd_month", "cd_day", ""),
    "hours": _hours,
    "ago": _ago,
    "tomorrow": _tomorrow,
    "notthis": _not_this,
    "twodays": _two_days,
    "nth": _nth,
    "weekday": _weekday,
}
