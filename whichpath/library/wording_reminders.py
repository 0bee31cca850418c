"""The texts of the reminders: ``content/reminders.yml``."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path

from pydantic import BaseModel, Extra, Field, validator

from whichpath.library.files import CONTENT, read_yaml, validated
from whichpath.library.gsm7 import is_gsm7
from whichpath.registry import CHANNELS

#: Words that a reminder must not contain, because others may see the phone.
TELLING = re.compile(
    r"court|hearing|judge|order|lawyer|legal|law\b|restrain|protect|charge|case|petition|violence|abuse|police", re.I
)


class Words(BaseModel, extra=Extra.forbid, frozen=True):
    """One reminder, in its long and short form."""

    sms: str = Field(min_length=20, max_length=160)
    text: str = Field(min_length=20, max_length=1000)

    @validator("*")
    def _neutral(cls, value: str) -> str:
        if TELLING.search(value):
            raise ValueError("tells what it is about")
        if "stop" not in value.casefold():
            raise ValueError("does not say how to end it")
        return value.strip()

    @validator("sms")
    def _gsm7(cls, value: str) -> str:
        if not is_gsm7(value):
            raise ValueError("holds characters outside GSM-7")
        return value


class Wording(BaseModel, extra=Extra.forbid, frozen=True):
    """The texts of ``content/reminders.yml``."""

    day_before: Words
    morning: Words

    def text(self, kind: str, channel: str) -> str:
        """The reminder of ``kind`` in the form for ``channel``."""
        words: Words = getattr(self, kind)
        return words.sms if CHANNELS[channel].short else words.text


@lru_cache(maxsize=1)
def load_wording(path: Path = CONTENT / "reminders.yml") -> Wording:
    """Reads the texts; :class:`~whichpath.library.files.ContentError` names the first fault."""
    return validated(Wording, read_yaml(path), path.name)
