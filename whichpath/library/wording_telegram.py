"""The sentences of the Telegram channel: ``content/telegram.yml``."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, Extra, Field

from whichpath.library.files import CONTENT, read_yaml, validated


class Wording(BaseModel, extra=Extra.forbid, frozen=True):
    """The sentences of ``content/telegram.yml``."""

    edited: str = Field(min_length=10)
    media: str = Field(min_length=10)
    old_button: str = Field(min_length=10)
    fold: str = Field(regex=r"^.*\{title\}", max_length=12)
    back: dict[Literal["en", "es"], str]
    page_back: str = Field(regex=r"^.*\{first\}.*\{last\}")
    page_on: str = Field(regex=r"^.*\{first\}.*\{last\}")
    erased: str = Field(min_length=10)
    commands: dict[str, str]


@lru_cache(maxsize=1)
def load_wording(path: Path = CONTENT / "telegram.yml") -> Wording:
    """Reads the sentences; :class:`~whichpath.library.files.ContentError` names the first fault."""
    return validated(Wording, read_yaml(path), path.name)
