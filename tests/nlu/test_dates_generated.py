"""Days made by rule: hundreds of ways to write one, in many sentences, with times, rooms, ages and case numbers around."""

import calendar
import datetime as dt
import itertools
import random

import pytest

from whichpath.nlu.dates import spans

#: Days on which the messages are read: each weekday, month ends, the turn of a year, a leap year.
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
    """A day with its month, in writing."""
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


FRAMES = [
    "my court is {}",
    "hearing on {}",
    "i have court {}",
    "my court date is {} what do i do",
    "the order is against me. court is {}",
    "{} is my court date",
    "on {} i go before the judge",
    "they gave me a hearing for {} and i dont have a lawyer",
    "she filed it monday. my hearing is {}.",
    "I got served yesterday. The hearing is {}. Can I drop it?",
    "the judge moved it to {}",
    "got a summons, it says {}",
    "{}",
]
#: What stands before and behind the day.
BEFORE = ["", "8:30 ", "at 9 ", "1:15 pm ", "9am ", "at 10:00 a.m. ", "at 1:30 p.m. on ", "in dept 24 ", "dept. 4 on ", "room 12 ",
          "courtroom 3b, ", "div 5 ", "before judge r. jones on ", "in st. louis on "]  # fmt: skip
BEHIND = [
    "",
    " 8:30",
    " at 9",
    " 9am",
    " at 1:15 p.m.",
    " dept 12",
    " 130 dept 12",
    " in room 204",
    " @ 10",
    ", case no 24-1187-DV",
    " 8:30 a.m. dept. 7",
]
OPENERS = ["", "i am 81, ", "im 30. ", "my son is 7 and ", "case number 12-5-2026-RO, ", "case # 24DV0319. ", "i live 40 miles away, ",
           "i make $1200, ", "2 kids, ", "i called 911 twice. "]  # fmt: skip


def misses(rows):
    found = []
    for today, text, wanted in rows:
        days = spans.find(text, today)
        got = days[0].date if days else None
        if got != wanted:
            found.append((f"{today:%a %F}", text, str(wanted), str(got)))
    return found


def all_read(rows, least):
    """There are more rows than ``least``, and every one is read as the day it means."""
    assert len(rows) > least
    wrong = misses(rows)
    assert not wrong, (len(wrong), wrong[:20])


def written():
    pick = random.Random(15)
    ahead = [*range(1, 60), *range(60, 230, 7)]
    for today, frame in itertools.product(TODAYS, FRAMES):
        day = today + dt.timedelta(days=pick.choice(ahead))
        for form in forms(day):
            if form.lower().endswith(" may") and frame.startswith("on"):
                continue  # «on 30 may i go»: nobody can tell
            plain = frame == "{}" or frame.startswith("got")
            before = (
                "" if plain or frame.startswith("{") or "on {}" in frame or "for {}" in frame else pick.choice(BEFORE)
            )
            behind = "" if plain else pick.choice(BEHIND)
            opener = "" if plain else pick.choice(OPENERS)
            yield today, opener + frame.format(before + form + behind), day


def test_written_days():
    all_read(list(written()), 5000)


def nth_weekdays():
    names = ["first", "second", "third", "fourth"]
    numbers = ["1st", "2nd", "3rd", "4th"]
    for today, nth, weekday in itertools.product(TODAYS, range(4), range(7)):
        name = calendar.day_name[weekday].lower()
        for ahead in (1, 2, 3):
            month = (today.month - 1 + ahead) % 12 + 1
            year = today.year + (today.month - 1 + ahead) // 12
            days = [
                d
                for d in calendar.Calendar().itermonthdates(year, month)
                if d.month == month and d.weekday() == weekday
            ]
            for form in (
                f"the {names[nth]} {name} of {calendar.month_name[month].lower()}",
                f"{numbers[nth]} {name} in {calendar.month_abbr[month]}",
            ):
                yield today, f"my hearing is {form}", days[nth]
            yield today, f"court is the last {name} of {calendar.month_name[month]}", days[-1]
            if ahead == 1:
                yield today, f"court is the {numbers[nth]} {name} of next month", days[nth]


def test_nth_weekday_of_a_month():
    all_read(list(nth_weekdays()), 3000)


def relative():
    for today, weekday in itertools.product(TODAYS, range(7)):
        name = calendar.day_name[weekday].lower()
        coming = today + dt.timedelta(days=(weekday - today.weekday()) % 7 or 7)
        following = today + dt.timedelta(days=7 + weekday - today.weekday())
        week = dt.timedelta(days=7)
        for frame in (
            "my hearing is {}",
            "court {} at 9",
            "i go to court {} in dept 3",
            "{} i have court at 8:30 a.m.",
        ):
            yield today, frame.format(name), coming
            yield today, frame.format(f"on {name}"), coming
            yield today, frame.format(f"next {name}"), following
            yield today, frame.format(f"a week from {name}"), coming + week
            yield today, frame.format(f"week from {name}"), coming + week
            yield today, frame.format(f"2 weeks from {name}"), coming + 2 * week
            yield today, frame.format(f"a week from next {name}"), following + week
            yield today, frame.format(f"not this {name} but next"), coming + week
            yield today, frame.format(f"not this {name} but the next one"), coming + week
        for frame in ("my hearing is {}", "court {}"):
            yield today, frame.format("in 24 hours"), today + dt.timedelta(days=1)
            yield today, frame.format("in 48 hours"), today + dt.timedelta(days=2)
            yield today, frame.format("in 72 hrs"), today + dt.timedelta(days=3)
            yield today, frame.format("tomorrow"), today + dt.timedelta(days=1)
            yield today, frame.format("a week from today"), today + week
            yield today, frame.format("a week from tomorrow"), today + week + dt.timedelta(days=1)


def test_counted_from_a_day():
    all_read(list(relative()), 3000)


def moved():
    pick = random.Random(3)
    for today in TODAYS:
        for _ in range(40):
            old = today + dt.timedelta(days=pick.randrange(1, 20))
            new = old + dt.timedelta(days=pick.randrange(3, 40))
            a, b = (f"{d:%b} {d.day}".lower() for d in (old, new))
            for text in (
                f"they changed it from {a} to {b}",
                f"my hearing was moved to {b} from {a}",
                f"court was {a} but they moved it to {b}",
                f"it was {a}, now the hearing is {b}",
                f"my hearing is not {a}, its {b}",
                f"the hearing got pushed back from {a} to {b} in dept 9",
                f"court was supposed to be {a}, it got rescheduled for {b}",
                f"they continued my hearing to {b}, it was {a}",
            ):
                yield today, text, new
        for first, second in itertools.product(range(1, 29, 5), range(2, 29, 6)):
            if first == second:
                continue
            date = next(d for n in range(62) if (d := today + dt.timedelta(days=n)).day == second)
            yield today, f"moved to the {suffixed(second)} from the {suffixed(first)}", date
            yield today, f"my hearing was moved to the {suffixed(second)} from the {suffixed(first)}", date
            yield today, f"court got moved from the {suffixed(first)} to the {suffixed(second)}", date


def test_moved_to_another_day():
    all_read(list(moved()), 3000)


ELSE = [
    "he filed it on {}", "i was served {}", "the order expires {}", "my birthday is {}", "the incident was on {}", "she was arrested {}",
    "it ends {}", "the judge signed it {}", "i was born {}", "we got married {}", "the order is good until {}", "since {} he texts me",
    "he moved out on {}", "it got granted {}", "my lease is up {}", "he gets released {}", "he hit me on {}", "they issued it on {}",
    "the order was dated {}", "my answer is due {}", "i start my job {}", "he assaulted me {}",
]  # fmt: skip


def test_days_of_something_else():
    pick = random.Random(4)
    rows = []
    for today, frame in itertools.product(TODAYS, ELSE):
        day = today + dt.timedelta(days=pick.randrange(-60, 90))
        rows += [(today, frame.format(form), None) for form in forms(day)]
    assert len(rows) > 5000
    wrong = misses(rows)
    assert not wrong, (len(wrong), wrong[:20])


NUMBERS = [
    "court is at 8:30", "my hearing is at 9am in dept 12", "hearing at 10 a.m.", "court room 5", "i am 30 and have court soon",
    "my case number is 12-5-2026-RO and i have a hearing", "case no. 24-12-0031, hearing soon", "court is 12 miles from me", "dept 9-12 court",
    "i am 81. may i go to court", "the hearing is at 9. may i bring my mom", "court at 10. march is when he left", "my hearing is 2 hours away",
    "the judge said 9/11 was bad", "i have court and 2 kids 5/6 years old", "hearing on zoom id 912 1215 12", "call 555-121-2026 about my hearing",
]  # fmt: skip


@pytest.mark.parametrize("text", NUMBERS)
def test_numbers_that_are_no_day(text):
    assert not misses((today, text, None) for today in TODAYS)


def test_spans_and_impossible_days_are_told_apart():
    numbers = ["2", "two", "10", "a couple of", "3", "a few", "14"]
    for today, number, unit in itertools.product(TODAYS, numbers, ["days", "weeks", "months"]):
        for text in (
            f"my hearing is in {number} {unit}",
            f"court is in like {number} {unit}",
            f"the hearing is within {number} {unit}",
            f"in about {number} {unit} i have court",
            f"court is {number} {unit} from now",
            f"{number} {unit}",
            f"in {number} {unit}",
        ):
            read = spans.read(text, today)
            assert not read.days and not read.bad and read.spans, (today, text, read)
    for today, day in itertools.product(
        TODAYS,
        ["feb 30", "February 31st", "november 31", "2/30", "4/31/2027", "the 31st of june", "12/35", "2027-02-30"],
    ):
        for text in (f"my hearing is {day}", f"court {day} at 9", f"{day}", f"i have court on {day} dept 4"):
            read = spans.read(text, today)
            assert not read.days and not read.spans and read.bad, (today, text, read)
