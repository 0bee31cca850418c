"""The sentences that the channels send without Rasa: ``content/guard.yml``.

They are read once, at start, and need no action server, database or model.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

from pydantic import BaseModel, Extra, Field, validator

from whichpath.library.entries import SMS_CHARS
from whichpath.library.files import CONTENT, read_yaml, validated
from whichpath.library.gsm7 import GSM7


class Phrase(BaseModel, extra=Extra.forbid, frozen=True):
    """One sentence, in its long and short form."""

    text: str = Field(min_length=10)
    sms: str = Field(min_length=10, max_length=SMS_CHARS)

    @validator("sms")
    def _gsm7(cls, value: str) -> str:
        odd = sorted({c for c in value if c not in GSM7})
        if odd:
            raise ValueError(f"characters outside GSM-7: {' '.join(odd)}")
        return value.strip()

    def message(self) -> dict[str, Any]:
        """The phrase as a message of a turn (see :mod:`whichpath.channels.output`)."""
        return {"text": self.text, "custom": {"data": {"guard": True, "sms": self.sms}}}


class Phrases(BaseModel, extra=Extra.forbid, frozen=True):
    """The phrases of ``content/guard.yml``."""

    unavailable: Phrase
    empty: Phrase
    too_long: Phrase
    new_session: Phrase
    kept: Phrase
    slow: Phrase
    danger: Phrase
    self_harm: Phrase
    busy: Phrase


@lru_cache(maxsize=1)
def load_phrases(path: Path = CONTENT / "guard.yml") -> Phrases:
    """Reads the phrases; :class:`~whichpath.library.files.ContentError` names the first fault."""
    rows = read_yaml(path)
    if not isinstance(rows, dict):
        return validated(Phrases, rows, path.name)
    phrases = {name: validated(Phrase, row, f"{path.name}, {name}") for name, row in rows.items()}
    return validated(Phrases, phrases, path.name)
