"""Data classes of an answer and of the message that :mod:`~whichpath.pathway.compose` makes of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from whichpath.library.entries import Fold


@dataclass(frozen=True)
class Rendered:
    """A message ready to be sent: ``text`` for web and Telegram, ``data`` for the ``custom`` payload."""

    text: str
    data: dict[str, Any]

    def changed(self, changes: dict[str, Any]) -> Rendered:
        """A copy with ``changes`` of the data, and the text made of them."""
        data = {**self.data, **changes}
        return Rendered("\n\n".join([data["answer"], data["notice"], data["referral"]]), data)


@dataclass(frozen=True)
class DayWords:
    """The texts around a day: title, how to correct it, the link to the calendar file."""

    day: dt.date
    today: dt.date
    title: str
    more: str
    check_sms: str
    link_sms: str


@dataclass(frozen=True)
class Body:
    """The parts of an answer: the general text and the state's lines, long and short."""

    general: str
    steps: Sequence[str] = ()
    sections: Sequence[Fold] = ()
    sms: str = ""
    local: str = ""
    local_short: str = ""

    @property
    def answer(self) -> str:
        """The whole answer."""
        return f"{self.general} {self.local}".strip()

    def text(self) -> str:
        """Answer and numbered steps."""
        rows = [f"{n}. {step}" for n, step in enumerate(self.steps, 1)]
        return "\n\n".join(filter(None, [self.answer, "\n".join(rows)]))
