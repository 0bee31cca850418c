"""An answer on its way: what it says, and the message it becomes, in :mod:`~whichpath.pathway.compose` alone."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from whichpath.library.entries import Fold


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


@dataclass(frozen=True)
class Body:
    """What an answer says before it is put together: in general, and what the state adds, long and short."""

    general: str
    steps: Sequence[str] = ()
    sections: Sequence[Fold] = ()
    sms: str = ""
    local: str = ""
    local_short: str = ""

    @property
    def answer(self) -> str:
        """All of it."""
        return f"{self.general} {self.local}".strip()

    def text(self) -> str:
        """Answer and numbered steps."""
        rows = [f"{n}. {step}" for n, step in enumerate(self.steps, 1)]
        return "\n\n".join(filter(None, [self.answer, "\n".join(rows)]))
