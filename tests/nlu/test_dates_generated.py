"""Generated hearing dates: hundreds of forms in many sentences, near times, rooms, ages and case numbers."""

import calendar
import datetime as dt
import itertools
import random

from tests.nlu.dates_written import TODAYS, all_read, forms

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
#: Texts before and after the date.
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


def written():
    pick = random.Random(15)
    ahead = [*range(1, 60), *range(60, 230, 7)]
    for today, frame in itertools.product(TODAYS, FRAMES):
        day = today + dt.timedelta(days=pick.choice(ahead))
        for form in forms(day):
            if form.lower().endswith(" may") and frame.startswith("on"):
                continue  # «on 30 may i go» is ambiguous
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
