"""Patterns of texts that are not statements, and of requests that bypass the limits: ``content/channel_words.yml``."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from pydantic import BaseModel, Extra, validator

from whichpath.library.files import CONTENT, pattern, read_yaml, validated


class ChannelWords(BaseModel, extra=Extra.forbid, frozen=True):
    """The patterns, in the order of the file."""

    reactions: tuple[str, ...]
    reacted_to: str
    help: tuple[str, ...]
    wrong_number: tuple[str, ...]

    _patterns = validator("reacted_to", "reactions", "help", "wrong_number", each_item=True, allow_reuse=True)(pattern)


@lru_cache(maxsize=1)
def load_channel_words(path: Path = CONTENT / "channel_words.yml") -> ChannelWords:
    """Reads the patterns; :class:`~whichpath.library.files.ContentError` names the first fault."""
    return validated(ChannelWords, read_yaml(path), path.name)
