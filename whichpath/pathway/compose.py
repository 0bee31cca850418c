"""The one place where a card becomes a message: notice and referral are attached here, always.

Nothing else in the project turns a card into text, so no code path can send one without.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, Extra, Field

from whichpath.library.cards import SMS_CARD_LIMIT, Card
from whichpath.library.files import CONTENT, read_yaml, validated
from whichpath.library.situation import Situation
from whichpath.library.states.packs import States
from whichpath.pathway import calendar

SMS_LIMIT = 320
#: Fields of a state pack that lead to a lawyer.
LAWYERS = ("legal_aid_url", "bar_referral_url")
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+")


class Notice(BaseModel, extra=Extra.forbid):
    """``content/notice.yml``: the words that go with every card."""

    text: str = Field(min_length=40)
    sms: str = Field(min_length=20, max_length=70)
    lawyer: str = Field(min_length=40)
    lawyer_sms: str = Field(min_length=20, max_length=60)
    expired: str = Field(min_length=40)
    expired_sms: str = Field(min_length=20, max_length=200)


class Help(BaseModel, extra=Extra.forbid):
    """One nationwide way to help out of ``content/help.yml``."""

    id: str
    title: str
    line: str = Field(min_length=10)
    sms: str | None = Field(None, max_length=60)
    roles: tuple[str, ...] = ()
    instead_of: Literal["legal_aid_url", "bar_referral_url"] | None = None
    url: str | None = None
    phone: str | None = None
    source: str = Field(min_length=3)
    reviewed: dt.date
    expires: dt.date


@dataclass(frozen=True)
class Rendered:
    """A message ready to send: ``text`` for web and Telegram, ``data`` for the ``custom`` payload."""

    text: str
    data: dict[str, Any]


@dataclass(frozen=True)
class DayWords:
    """A day, and what is said around it: its title, how to correct it, where its calendar file is."""

    day: dt.date
    today: dt.date
    title: str
    more: str
    check_sms: str
    link_sms: str


def _before(local: str, general: str) -> str:
    """A state's short words, and as many sentences of the general ones as fit behind them."""
    if not local:
        return general
    said = [local]
    for sentence in _SENTENCE_END.split(general):
        if len(" ".join([*said, sentence])) > SMS_CARD_LIMIT:
            break
        said.append(sentence)
    # A question whose answer did not fit ("Missed it?") says nothing.
    return " ".join(said[:-1] if said[-1].endswith("?") else said)


class Composer:
    """Attaches notice and referral to cards.

    Args:
        states: the state packs, for local ways to a lawyer.
        folder: where ``notice.yml`` and ``help.yml`` stand.
        today: the date that decides what is out of date; a function, so that tests can move it.
    """

    def __init__(self, states: States, folder: Path = CONTENT, today=dt.date.today) -> None:
        self.states = states
        self.today = today
        self.notice: Notice = validated(Notice, read_yaml(folder / "notice.yml"), "notice.yml")
        rows = read_yaml(folder / "help.yml")
        self.calendar = calendar.load_calendar(folder)
        self.help: list[Help] = [validated(Help, row, f"help.yml, {row.get('id')}") for row in rows]

    def referral(self, situation: Situation, elsewhere: str | None = None) -> str:
        """Ways to a lawyer for this person: their states' own; nationwide ones of each kind that is not known there."""
        today, codes = self.today(), (situation.state, elsewhere)
        local = [line for code in codes for line in self.states.lawyers(code, today)]
        own = {field for code in codes for field in LAWYERS if self.states.facts(code, field, today)}
        kinds = self._help_for(situation, advocate=True)
        lines = [*local, *(h.line for h in kinds if h.roles or h.instead_of not in own)] or [self.notice.lawyer]
        return "Find a lawyer, free help included:\n" + "\n".join(f"- {line}" for line in lines)

    def referral_sms(self, situation: Situation) -> str:
        """The same in one short line."""
        own = self.states.lawyer_sms(situation.state, self.today())
        fresh = (h.sms for h in self.help if h.sms and h.expires >= self.today())
        return own or next(fresh, self.notice.lawyer_sms)

    def _help_for(self, situation: Situation, advocate: bool) -> list[Help]:
        """Nationwide help: lawyers for everybody, an advocate's line for whom the order protects (or may)."""
        role = situation.side if situation.role == "third_party" else situation.role
        return [
            h
            for h in self.help
            if h.expires >= self.today() and (not h.roles or (advocate and (role is None or role in h.roles)))
        ]

    def card(self, card: Card, situation: Situation, route: str | None, lead: str = "") -> Rendered:
        """``card`` with notice and referral, and what the person's state says on its topic.

        Past its date the card's words are not shown.
        """
        fresh = card.fresh(self.today())
        body = card.text if fresh else self.notice.expired.format(title=card.title)
        short = card.sms if fresh else self.notice.expired_sms
        reviewed, sources = card.reviewed, card.sources
        if local := self.states.on_topic(card.topic, situation, self.today()):
            body, short = f"{body}\n\n{local.text}", _before(local.sms, short)
            reviewed, sources = min(reviewed, local.reviewed), (*sources, *local.sources)
        elif card.route and (first := self.states.urgent(situation, self.today())):
            # On the web the state's own message stands below; a text must not wait for MORE to tell a deadline.
            short, sources = _before(first.sms, short), (*sources, *first.sources)
        data = {
            "card": card.id,
            "title": card.title,
            "reviewed": reviewed.isoformat(),
            "sources": [s.dict(exclude_none=True) for s in sources],
        }
        return self.legal(body, short, situation, route, data, lead)

    def state(
        self, code: str, situation: Situation, route: str | None = None, elsewhere: str | None = None
    ) -> Rendered:
        """What the person's state adds to a path: names, times, forms and help, each with its source."""
        local = self.states.told(code, situation, self.today(), elsewhere)
        data = {
            "card": f"state_{code}",
            "title": local.title,
            "reviewed": local.reviewed.isoformat(),
            "sources": [s.dict(exclude_none=True) for s in local.sources],
        }
        return self.legal(local.text, local.sms, situation, route, data, referral=self.referral(situation, elsewhere))

    def day(self, told: DayWords, card: Card, situation: Situation, route: str | None) -> Rendered:
        """The day in court: how far off, what to do by when. ``card`` is the one whose sources stand behind it."""
        data = {
            "card": "hearing_date",
            "title": told.title,
            "reviewed": min(card.reviewed, self.calendar.reviewed).isoformat(),
            "sources": [s.dict(exclude_none=True) for s in card.sources],
        }
        role = situation.side if situation.role == "third_party" else situation.role
        body = calendar.told(told.day, told.today, self.calendar, role)
        lead = calendar.lead(told.day, told.today, self.calendar)
        parts = [lead, told.check_sms, told.link_sms]
        while len(" ".join(parts)) > SMS_CARD_LIMIT:
            parts.pop()  # its full words, on MORE, hold everything
        return self.legal("\n\n".join(filter(None, [body, told.more])), " ".join(parts).strip(), situation, route, data)

    def legal(
        self,
        body: str,
        short: str,
        situation: Situation,
        route: str | None,
        data: dict[str, Any],
        lead: str = "",
        referral: str = "",
    ) -> Rendered:
        """Any legal words with notice and referral, as text, and as SMS in ``data["sms"]``."""
        referral = referral or self.referral(situation)
        parts = [lead, body, self.notice.text, referral]
        lawyer = self.referral_sms(situation)
        sms = f"{short} {self.notice.sms} {lawyer}"
        payload = {
            **data,
            "route": route,
            "legal": True,
            "lead": lead or None,
            "body": body,
            "notice": self.notice.text,
            "referral": referral,
            "sms": sms,
            "lawyer_sms": lawyer,
        }
        return Rendered("\n\n".join(part.strip() for part in parts if part), payload)
