"""Generates written dates for the tests, and checks how they are read."""

import datetime as dt

from whichpath.nlu.dates import spans

#: Dates on which the messages are read: each weekday, ends of months, a turn of the year, a leap year.
TODAYS = [
    *(dt.date(2026, 11, 22) + dt.timedelta(days=n) for n in range(7)),
    *(dt.date(2026, 12, 31), dt.date(2027, 1, 1), dt.date(2027, 2, 27), dt.date(2028, 2, 26), dt.date(2027, 6, 30)),
]
ORDINALS = [
    "first",
    "second",
    "third",
    "fourth",
    "fifth",
    "sixth",
    "seventh",
    "eighth",
    "ninth",
    "tenth",
    "eleventh",
    "twelfth",
    "thirteenth",
    "fourteenth",
    "fifteenth",
    "sixteenth",
    "seventeenth",
    "eighteenth",
    "nineteenth",
    "twentieth",
    "twenty-first",
    "twenty-second",
    "twenty-third",
    "twenty-fourth",
    "twenty-fifth",
    "twenty-sixth",
    "twenty-seventh",
    "twenty-eighth",
    "twenty-ninth",
    "thirtieth",
    "thirty-first",
]


def suffixed(day):
    ending = "th" if 10 < day < 20 else {1: "st", 2: "nd", 3: "rd"}.get(day % 10, "th")
    return f"{day}{ending}"


def forms(day):
    """The ways to write a date with its month."""
    month, short, number, nth = f"{day:%B}", f"{day:%b}", day.day, suffixed(day.day)
    words = ORDINALS[day.day - 1]
    yield from (f"{month} {number}", f"{month.lower()} {number}", f"{short} {number}", f"{short.lower()} {nth}")
    yield from (f"{short}. {number}", f"{short}. {nth}", f"{month.upper()} {number}", f"{month} the {nth}")
    yield from (f"{number} {month}", f"{number} {short.lower()}", f"{nth} of {month.lower()}", f"the {nth} of {month}")
    yield from (f"the {words} of {month.lower()}", f"{month.lower()} {words}", f"{short.lower()}{number}")
    yield from (f"{month} {number}, {day.year}", f"{short.lower()} {number} {day.year}", f"{number} {short} {day.year}")
    yield from (f"{day.month}/{number}", f"{day:%m/%d}", f"{day.month}/{number}/{day:%y}", f"{day:%m/%d/%Y}")
    yield from (
        f"{day.month}-{number}-{day.year}",
        f"{day:%m-%d-%y}",
        f"{day.month}.{number}.{day.year}",
        f"{day:%Y-%m-%d}",
    )
    yield from (
        f"{day:%Y-%m-%d}T09:00:00",
        f"{day:%Y/%m/%d}",
        f"{number}-{short}-{day.year}",
        f"{month} {nth} {day.year}",
    )
    name, brief = f"{day:%A}", f"{day:%a}".lower()
    yield from (
        f"{name}, {month} {number}",
        f"{brief} {day.month}/{number}",
        f"{name.lower()} the {nth} of {month.lower()}",
    )
    yield from (f"{name} {short.lower()} {nth}", f"{brief}. {short}. {number}", f"{name}, {month} {number}, {day.year}")


def misses(rows):
    """The (today, text, expected, found) of each row that is read wrongly. A row: (today, text, expected date)."""
    found = []
    for today, text, wanted in rows:
        days = spans.find(text, today)
        got = days[0].date if days else None
        if got != wanted:
            found.append((f"{today:%a %F}", text, str(wanted), str(got)))
    return found


def all_read(rows, least):
    """Asserts that there are more than ``least`` rows, and that each is read as its expected date."""
    assert len(rows) > least
    wrong = misses(rows)
    assert not wrong, (len(wrong), wrong[:20])
