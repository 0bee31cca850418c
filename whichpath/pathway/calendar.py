"""The day in court: how many days are left, what to do by when, and a calendar file that reveals nothing."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, Extra, Field, validator

from whichpath.library.files import CONTENT, read_yaml, validated
from whichpath.library.situation import ROLES
from whichpath.pathway.court_days import closed, office_day

#: RFC 5545, section 3.1: a line has at most 75 octets and is continued after a line break and a space.
_LINE = 75


class StepWords(BaseModel, extra=Extra.forbid, frozen=True):
    """A step to do ``days_before`` the day. ``roles``: for whom ([] = everybody)."""

    days_before: int = Field(ge=0, le=60)
    roles: tuple[str, ...] = ()
    text: str = Field(min_length=10)

    @validator("roles", each_item=True)
    def _known_role(cls, value: str) -> str:
        if value not in ROLES:
            raise ValueError(f"'{value}' is none of {', '.join(ROLES)}")
        return value


class Words(BaseModel, extra=Extra.forbid, frozen=True):
    """``content/calendar.yml``."""

    title: str = Field(min_length=3, max_length=40)
    today: str
    tomorrow: str
    ahead: str
    passed: str
    closed: str
    steps_heading: str
    now: str
    by: str
    on_the_day: str
    steps: tuple[StepWords, ...]
    source: str
    reviewed: dt.date
    expires: dt.date


@dataclass(frozen=True)
class Step:
    """A step and its latest day."""

    by: dt.date
    when: str
    text: str


def load_calendar(folder: Path = CONTENT) -> Words:
    """Reads ``calendar.yml``; errors are reported as for entries."""
    return validated(Words, read_yaml(folder / "calendar.yml"), "calendar.yml")


def day_of(value: str | None) -> dt.date | None:
    """An ISO date such as the slot ``hearing_date`` holds; ``None`` for anything else."""
    try:
        return dt.date.fromisoformat(value or "")
    except ValueError:
        return None


def spoken(day: dt.date) -> str:
    """«Saturday, December 5, 2026»: with the weekday, so that mistakes are noticed."""
    return f"{day:%A}, {day:%B} {day.day}, {day.year}"


def days_left(day: dt.date, today: dt.date) -> int:
    """Days from ``today`` to ``day``: 0 on the day itself, below 0 where it has passed."""
    return (day - today).days


def has_passed(day: dt.date, today: dt.date) -> bool:
    """Whether the day is over. On the day itself the hearing may still be ahead."""
    return day < today


def lead(day: dt.date, today: dt.date, words: Words) -> str:
    """The line that says how far off the day is, or that it has passed."""
    left = days_left(day, today)
    form = {0: words.today, 1: words.tomorrow}.get(left, words.ahead if left > 0 else words.passed)
    said = form.format(date=spoken(day), days=left)
    return f"{said} {words.closed}" if left >= 0 and closed(day) else said


def steps(day: dt.date, today: dt.date, words: Words, role: str | None = None) -> list[Step]:
    """The steps with their days, soonest first. Overdue steps are due now.

    Empty once the day has passed or the words have expired.
    """
    if has_passed(day, today) or today > words.expires:
        return []
    rows = [row for row in words.steps if not row.roles or role in row.roles]
    return sorted((_step(row, day, today, words) for row in rows), key=lambda step: step.by)


def _step(row: StepWords, day: dt.date, today: dt.date, words: Words) -> Step:
    if row.days_before == 0:
        return Step(day, words.on_the_day, row.text)
    by = max(office_day(day - dt.timedelta(days=row.days_before)), today)
    when = words.now if by == today else words.by.format(date=f"{by:%A}, {by:%B} {by.day}")
    return Step(by, when, row.text)


def ics(day: dt.date, words: Words, *, uid: str, now: dt.datetime) -> str:
    """An all-day calendar entry (RFC 5545) under a neutral title, with a reminder the day before.

    Nothing in it reveals a court or a case, because calendars are often shared or shown on a lock screen. ``uid`` has
    to be unguessable and without meaning; ``now`` is in UTC.
    """
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Calendar//EN",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        "BEGIN:VEVENT",
        f"UID:{_escaped(uid)}",
        f"DTSTAMP:{now:%Y%m%dT%H%M%SZ}",
        f"DTSTART;VALUE=DATE:{day:%Y%m%d}",
        f"DTEND;VALUE=DATE:{day + dt.timedelta(days=1):%Y%m%d}",
        f"SUMMARY:{_escaped(words.title)}",
        "CLASS:PRIVATE",
        "TRANSP:OPAQUE",
        "BEGIN:VALARM",
        "ACTION:DISPLAY",
        f"DESCRIPTION:{_escaped(words.title)}",
        "TRIGGER:-PT12H",
        "END:VALARM",
        "END:VEVENT",
        "END:VCALENDAR",
    ]
    return "".join(f"{part}\r\n" for line in lines for part in _folded(line))


def _escaped(text: str) -> str:
    for mark in ("\\", ";", ","):
        text = text.replace(mark, f"\\{mark}")
    return text.replace("\r", "").replace("\n", "\\n")


def _folded(line: str) -> Iterator[str]:
    part, size = "", 0
    for letter in line:
        octets = len(letter.encode())
        if size + octets > _LINE:
            yield part
            part, size = " ", 1
        part, size = part + letter, size + octets
    yield part
