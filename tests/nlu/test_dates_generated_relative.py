"""Generated hearing dates that are relative, moved, impossible or of something else."""

import calendar
import datetime as dt
import itertools
import random

import pytest

from tests.nlu.dates_written import TODAYS, all_read, forms, misses, suffixed
from whichpath.nlu.dates import spans


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
