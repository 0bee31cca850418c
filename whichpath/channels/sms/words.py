"""Texts that are commands: STOP and its synonyms, START, HELP, MORE (``content/sms_words.yml``)."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path

from pydantic import BaseModel, Extra, validator

from whichpath.channels.choices import words_of
from whichpath.library.files import CONTENT, pattern, read_yaml, validated

#: Longer messages are stories, not commands.
LONGEST = 90


class Words(BaseModel, extra=Extra.forbid, frozen=True):
    """``content/sms_words.yml``."""

    stop: tuple[str, ...]
    asked: tuple[str, ...]
    phrases: tuple[str, ...]
    around: str
    start: tuple[str, ...]
    start_if_out: tuple[str, ...]
    help: tuple[str, ...]
    more: tuple[str, ...]
    erase: tuple[str, ...]

    _patterns = validator("phrases", each_item=True, allow_reuse=True)(pattern)


class Commands:
    """Recognises commands."""

    def __init__(self, words: Words) -> None:
        self.words = words
        self._phrases = re.compile("|".join(f"(?:{p})" for p in words.phrases))
        self._around = re.compile(f"^(?:(?:{words.around}) )+|(?: (?:{words.around}))+$")

    def of(self, text: str, opted_out: bool = False) -> str | None:
        """``stop``, ``start``, ``help``, ``more``, ``erase``, or ``None`` where ``text`` is none of these."""
        if len(text) > LONGEST:
            return None
        said = " ".join(words_of(text))
        if self._is_stop(said, "?" in text):
            return "stop"
        if said in self.words.start or (opted_out and said in self.words.start_if_out):
            return "start"
        if said in self.words.help:
            return "help"
        if said in self.words.more:
            return "more"
        return "erase" if said in self.words.erase else None

    def _is_stop(self, said: str, asked: bool) -> bool:
        said = said.replace("'", " ")
        bare = self._around.sub("", said).strip()
        for form in (said, bare):
            if form in self.words.stop and not (asked and form in self.words.asked):
                return True
            if form and self._phrases.fullmatch(form):
                return True
        return False


@lru_cache(maxsize=1)
def load_commands(path: Path = CONTENT / "sms_words.yml") -> Commands:
    """The commands; :class:`~whichpath.library.files.ContentError` names the first fault."""
    return Commands(validated(Words, read_yaml(path), path.name))
