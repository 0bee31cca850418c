"""The hearing date: days left, deadlines, and a neutral calendar file."""

import datetime as dt
import re

import pytest
import textstat
import yaml

from whichpath.library.files import CONTENT, ContentError
from whichpath.pathway import court_days
from whichpath.pathway.calendar import (
    day_of,
    days_left,
    has_passed,
    ics,
    lead,
    load_calendar,
    spoken,
    steps,
)

TODAY = dt.date(2026, 11, 22)
WORDS = load_calendar()
NOW = dt.datetime(2026, 11, 22, 20, 15, 30)
TELLING = r"court|hearing|judge|order|legal|law|protect|restrain|victim|abuse|whichpath|case|clerk"


@pytest.mark.parametrize(
    ("day", "left", "said"),
    [
        ("2026-11-22", 0, "Your court date is today, Sunday, November 22, 2026."),
        ("2026-11-23", 1, "Your court date is tomorrow, Monday, November 23, 2026."),
        ("2026-12-05", 13, "Your court date is Saturday, December 5, 2026. That is 13 days from today."),
        ("2027-01-03", 42, "Your court date is Sunday, January 3, 2027. That is 42 days from today."),
        ("2026-11-21", -1, "Saturday, November 21, 2026 has passed. Did the hearing take place?"),
        ("2026-03-01", -266, "Sunday, March 1, 2026 has passed. Did the hearing take place?"),
    ],
)
def test_days_left(day, left, said):
    day = day_of(day)
    assert days_left(day, TODAY) == left
    assert has_passed(day, TODAY) == (left < 0)
    assert lead(day, TODAY, WORDS).removesuffix(f" {WORDS.closed}") == said


@pytest.mark.parametrize("value", [None, "", "soon", "2026-13-01", "12/5", "2026-02-30", "20261205x"])
def test_no_date(value):
    assert day_of(value) is None


def test_spoken_with_the_weekday():
    assert spoken(dt.date(2027, 1, 4)) == "Monday, January 4, 2027"


@pytest.mark.parametrize("role", [None, "protected", "restrained", "third_party"])
@pytest.mark.parametrize("left", [0, 1, 2, 3, 5, 8, 14, 30, 200])
def test_steps(role, left):
    day = TODAY + dt.timedelta(days=left)
    rows = steps(day, TODAY, WORDS, role)
    assert rows
    assert [row.by for row in rows] == sorted(row.by for row in rows)
    for row in rows:
        assert TODAY <= row.by <= day
        if row.by not in (TODAY, day):
            assert row.by.weekday() < 5, "the clerk is not there on a weekend"
            assert f"{row.by:%A}" in row.when
    assert rows[-1].when == WORDS.on_the_day
    text = " ".join(row.text for row in rows)
    for word in ("copies", "witness", "clerk"):
        assert word in text
    assert ("Do not bring or send them yourself" in text) == (role == "restrained")
    assert ("was served" in text) == (role == "protected")


def test_steps_move_before_a_weekend():
    rows = steps(dt.date(2026, 12, 7), TODAY, WORDS)  # a Monday: two days before is a Saturday
    assert dt.date(2026, 12, 4) in [row.by for row in rows]


def test_nothing_to_do_once_it_has_passed():
    past = TODAY - dt.timedelta(days=1)
    assert steps(past, TODAY, WORDS) == []


def test_words_past_their_date_are_not_shown():
    later = WORDS.expires + dt.timedelta(days=1)
    day = later + dt.timedelta(days=9)
    assert steps(day, later, WORDS) == []
    assert steps(day, WORDS.expires, WORDS)


def test_the_words_are_short_and_easy():
    day = dt.date(2026, 12, 17)
    rows = [f"{step.when}: {step.text}" for step in steps(day, TODAY, WORDS, "restrained")]
    text = "\n".join([lead(day, TODAY, WORDS), *rows])
    assert "25 days" in text
    assert not re.search(r"[{}]|should", text)
    for sentence in re.split(r"(?<=[.?!])\s+|\n", text):
        assert len(sentence.split()) < 24, sentence
    prose = " ".join(step.text for step in WORDS.steps)
    assert textstat.flesch_kincaid_grade(prose) <= 6


def lines(text):
    assert text.endswith("\r\n")
    assert "\n" not in text.replace("\r\n", "")
    return text.replace("\r\n ", "").split("\r\n")[:-1]


def test_calendar_file():
    text = ics(dt.date(2026, 12, 31), WORDS, uid="a1b2c3", now=NOW)
    rows = lines(text)
    assert rows[0] == "BEGIN:VCALENDAR"
    assert rows[-1] == "END:VCALENDAR"
    for row in (
        "VERSION:2.0",
        "UID:a1b2c3",
        "DTSTAMP:20261122T201530Z",
        "DTSTART;VALUE=DATE:20261231",
        "DTEND;VALUE=DATE:20270101",
        "SUMMARY:Appointment",
        "CLASS:PRIVATE",
    ):
        assert row in rows
    assert all(
        rows.count(f"BEGIN:{part}") == rows.count(f"END:{part}") == 1 for part in ("VCALENDAR", "VEVENT", "VALARM")
    )


def test_calendar_file_gives_nothing_away():
    assert not re.search(TELLING, ics(dt.date(2026, 12, 5), WORDS, uid="x", now=NOW), re.IGNORECASE)


def test_calendar_file_escapes_and_folds():
    words = WORDS.copy(update={"title": "a;b,c\\d\ne" + "é" * 60})
    text = ics(dt.date(2026, 12, 5), words, uid="x", now=NOW)
    assert all(len(row.encode()) <= 75 for row in text.split("\r\n"))
    assert "SUMMARY:a\\;b\\,c\\\\d\\ne" + "é" * 60 in lines(text)


def test_a_broken_file_names_the_field(tmp_path):
    row = yaml.safe_load((CONTENT / "calendar.yml").read_text(encoding="utf-8"))
    row["steps"][0]["roles"] = ["judge"]
    (tmp_path / "calendar.yml").write_text(yaml.safe_dump(row), encoding="utf-8")
    with pytest.raises(ContentError, match=r"calendar\.yml, field 'steps\.0\.roles"):
        load_calendar(tmp_path)


# --- days on which courts are closed ---


@pytest.mark.parametrize(
    ("year", "days"),
    [
        (2026, "0101 0119 0216 0525 0619 0703 0907 1012 1111 1126 1225"),
        (2027, "0101 0118 0215 0531 0618 0705 0906 1011 1111 1125 1224 1231"),
    ],
)
def test_holidays_of_the_united_states(year, days):
    """Holidays as listed by the Office of Personnel Management. New Year's Day 2028 is observed on the Friday before."""
    assert {f"{day:%m%d}" for day in court_days.holidays(year)} == set(days.split())


def test_what_is_asked_of_the_clerk_is_never_due_on_a_day_off():
    for first in range(0, 800):
        day = dt.date(2026, 11, 25) + dt.timedelta(days=first)
        for step in steps(day, dt.date(2026, 11, 24), WORDS):
            assert step.by <= day
            assert not court_days.closed(step.by) or step.by in (day, dt.date(2026, 11, 24)), (day, step)


@pytest.mark.parametrize(("day", "closed"), [("2026-12-25", True), ("2026-12-05", True), ("2026-12-04", False)])
def test_a_court_date_on_a_day_off_is_doubted(day, closed):
    said = lead(dt.date.fromisoformat(day), dt.date(2026, 11, 24), WORDS)
    assert ("Most courts are closed on that day." in said) == closed
