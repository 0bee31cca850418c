"""The sentences of the Telegram channel: ``content/telegram.yml``."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from pydantic import BaseModel, Extra, Field

from whichpath.library.files import CONTENT, read_yaml, validated


class Wording(BaseModel, extra=Extra.forbid, frozen=True):
    """``content/telegram.yml``."""

    edited: str = Field(min_length=10)
    media: str = Field(min_length=10)
    old_button: str = Field(min_length=10)
    erased: str = Field(min_length=10)
    commands: dict[str, str]


@lru_cache(maxsize=1)
def load_wording(path: Path = CONTENT / "telegram.yml") -> Wording:
    """The sentences; :class:`~whichpath.library.files.ContentError` names the first fault."""
    return validated(Wording, read_yaml(path), path.name)
