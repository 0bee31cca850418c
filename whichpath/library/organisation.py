"""The organisation that runs the bot, its office hours, and the texts about it: ``content/organisation.yml``."""

from __future__ import annotations

import datetime as dt
import re
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal
from zoneinfo import ZoneInfo

from pydantic import BaseModel, Extra, Field, validator

from whichpath.library.files import CONTENT, read_yaml, validated
from whichpath.library.gsm7 import is_gsm7

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_URL = r"^https://[^\s\"<>]+$"
_CLOCK = r"^([01]\d|2[0-3]):[0-5]\d$"


class Hours(BaseModel, extra=Extra.forbid, frozen=True):
    """Office hours on some days of the week."""

    days: tuple[Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"], ...]
    open: str = Field(regex=_CLOCK)
    close: str = Field(regex=_CLOCK)

    @validator("close")
    def _later(cls, value: str, values: dict[str, Any]) -> str:
        if value <= values.get("open", ""):
            raise ValueError("is not after 'open'")
        return value


class Organisation(BaseModel, extra=Extra.forbid, frozen=True):
    """The fields of ``content/organisation.yml``, all optional."""

    name: str | None = Field(None, min_length=2, max_length=60)
    short: str | None = Field(None, min_length=2, max_length=24)
    phone: str | None = Field(None, regex=r"^\+?[0-9][0-9() .-]{6,18}$")
    intake: str | None = Field(None, regex=_URL)
    zone: str = "America/New_York"
    hours: tuple[Hours, ...] = ()
    closed: tuple[dt.date, ...] = ()
    languages: tuple[str, ...] = ()
    states: tuple[str, ...] = ()
    hotlines: tuple[str, ...] = ("ndvh",)
    logo: str | None = Field(None, regex=_URL)
    colours: dict[Literal["brand", "on_brand"], str] = {}

    @validator("zone")
    def _known_zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except Exception:
            raise ValueError("is no time zone like America/Chicago") from None
        return value

    @validator("short")
    def _gsm7(cls, value: str | None) -> str | None:
        if value and not is_gsm7(value):
            raise ValueError("holds characters outside GSM-7")
        return value

    @validator("states", each_item=True)
    def _state(cls, value: str) -> str:
        if not re.fullmatch(r"[A-Z]{2}", value):
            raise ValueError("is no state like IL")
        return value

    @validator("colours", each_item=True)
    def _colour(cls, value: str) -> str:
        if not re.fullmatch(r"#[0-9a-fA-F]{6}", value):
            raise ValueError("is no colour like #1d4f91")
        return value

    def serves(self, state: str | None) -> bool:
        """Whether the organisation serves people in ``state`` (``None``: state not known)."""
        return bool(self.name) and (not self.states or state is None or state in self.states)

    def open_until(self, now: dt.datetime) -> dt.datetime | None:
        """The closing time if the office is open at ``now``, else ``None``."""
        here = now.astimezone(ZoneInfo(self.zone))
        return next((end for start, end in self._times(here.date()) if start <= here < end), None)

    def opens(self, now: dt.datetime) -> dt.datetime | None:
        """The next opening time within two weeks, or ``None``."""
        here = now.astimezone(ZoneInfo(self.zone))
        days = (here.date() + dt.timedelta(days=number) for number in range(15))
        return next((start for day in days for start, _end in self._times(day) if start > here), None)

    def _times(self, day: dt.date) -> list[tuple[dt.datetime, dt.datetime]]:
        if day in self.closed:
            return []
        rows = [row for row in self.hours if _DAYS[day.weekday()] in row.days]
        return sorted((self._at(day, row.open), self._at(day, row.close)) for row in rows)

    def _at(self, day: dt.date, clock: str) -> dt.datetime:
        return dt.datetime.combine(day, dt.time.fromisoformat(clock), ZoneInfo(self.zone))


class Words(BaseModel, extra=Extra.forbid, frozen=True):
    """The texts of ``content/organisation_words.yml``."""

    hello: str
    referral: str
    referral_sms: str
    human: str
    human_sms: str
    languages: str
    feedback: str
    help_sms: str
    open: str
    opens: str
    open_sms: str
    opens_sms: str
    meanwhile: str
    today: str
    tomorrow: str
    days: list[str] = Field(..., min_items=7, max_items=7)
    zones: dict[str, str]


class OrganisationTexts:
    """The texts about an organisation; empty without one. ``now`` returns the current time; tests replace it."""

    def __init__(self, organisation: Organisation, words: Words, hotlines: dict[str, str], now: Any = None) -> None:
        self.of = organisation
        self.words = words
        self._hotlines = "; ".join(hotlines[each] for each in organisation.hotlines if each in hotlines)
        self._now = now or (lambda: dt.datetime.now(dt.timezone.utc))

    def _fill(self, template: str) -> str:
        own = self.of
        ways = ", ".join(filter(None, (own.phone, own.intake)))
        values = {"name": own.name, "short": own.short or own.name, "phone": own.phone or "", "ways": ways}
        return template.format(**values, languages=", ".join(own.languages)).strip(" :,")

    def line(self, kind: str, state: str | None = None) -> str | None:
        """The sentence of ``kind``: ``hello``, ``referral``, ``referral_sms``, ``feedback`` or ``help_sms``."""
        if not self.of.serves(state):
            return None
        needs_way = kind != "hello"
        if needs_way and not (self.of.phone if kind.endswith("_sms") else self.of.phone or self.of.intake):
            return None
        return self._fill(getattr(self.words, kind))

    def human(self) -> tuple[str, str] | None:
        """How to reach a person, with the current hours: (text for web and Telegram, text for SMS)."""
        if not self.of.name or not (self.of.phone or self.of.intake):
            return None
        long, short = [self._fill(self.words.human)], [self._fill(self.words.human_sms)]
        if self.of.languages:
            long.append(self._fill(self.words.languages))
        for lines, words in ((long, ("open", "opens")), (short, ("open_sms", "opens_sms"))):
            lines += filter(None, [self._hours(*words)])
        if not self.is_open and self._hotlines:
            long.append(self.words.meanwhile.format(hotlines=self._hotlines))
        return " ".join(long), " ".join(short)

    @property
    def is_open(self) -> bool:
        """Whether the office is open now; false without hours."""
        return self.of.open_until(self._now()) is not None

    def _hours(self, open_words: str, closed_words: str) -> str | None:
        now, zone = self._now(), self.words.zones.get(self.of.zone, self.of.zone)
        until, opens = self.of.open_until(now), self.of.opens(now)
        if until is not None:
            return str(getattr(self.words, open_words)).format(until=_clock(until), zone=zone)
        if opens is None:
            return None
        away = (opens.date() - now.astimezone(ZoneInfo(self.of.zone)).date()).days
        day = {0: self.words.today, 1: self.words.tomorrow}.get(away, self.words.days[opens.weekday()])
        return str(getattr(self.words, closed_words)).format(day=day, at=_clock(opens), zone=zone)

    def public(self) -> dict[str, Any]:
        """The fields that the page shows."""
        own, now = self.of, self._now()
        until, opens = own.open_until(now), own.opens(now)
        facts = {"name": own.name, "phone": own.phone, "intake": own.intake, "logo": own.logo, "colours": own.colours}
        lists = {"languages": list(own.languages), "states": list(own.states)}
        # Times, not texts: the page formats them in its own language.
        hours = {
            "open": self.is_open if own.hours else None,
            "until": until.isoformat() if until else None,
            "opens": opens.isoformat() if opens else None,
            "zone": own.zone,
        }
        return {**facts, **lists, **hours}

    def hours(self) -> str | None:
        """A sentence on whether the office is open now, and until or from when."""
        return self._hours("open", "opens")

    @property
    def pictures(self) -> str:
        """The only other host that our pages may load images from: that of the logo."""
        return "/".join((self.of.logo or "").split("/", 3)[:3])


def _clock(moment: dt.datetime) -> str:
    return f"{moment:%I:%M %p}".lstrip("0").replace(":00", "")


def load_organisation(path: Path = CONTENT / "organisation.yml") -> Organisation:
    """Reads the organisation; :class:`~whichpath.library.files.ContentError` names the first fault."""
    return validated(Organisation, read_yaml(path) or {}, path.name)


@lru_cache(maxsize=1)
def load_organisation_texts(folder: Path = CONTENT) -> OrganisationTexts:
    """Reads the organisation and the texts about it; errors as in :func:`load_organisation`."""
    words = validated(Words, read_yaml(folder / "organisation_words.yml"), "organisation_words.yml")
    rows = [row for row in read_yaml(folder / "help.yml") if row.get("phone")]
    hotlines = {row["id"]: f"{row['title']} {row['phone']}" for row in rows}
    return OrganisationTexts(load_organisation(folder / "organisation.yml"), words, hotlines)
