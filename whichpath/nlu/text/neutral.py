"""A canonical form of gendered words: "he hit me" and "she hit me" are read as the same message.

The words are in `neutral.yml`. Texts shown to people are not changed.
"""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path

from whichpath.library.files import read_yaml
from whichpath.nlu.text.aligned import Aligned

FILE = Path(__file__).with_name("neutral.yml")
_WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)?")
_QUOTES = str.maketrans("’‘`´", "''''")
#: A token of a regular expression: an escape, the name of a macro, or a word.
_IN_PATTERN = re.compile(r"\\[A-Za-z]|\{[A-Z]+\}|\(\?P?<?\w*>|\(\?[a-z]*\)|[^\W\d_]+")


class _Rules:
    """Replacements of phrases, with a fast check whether any can apply."""

    def __init__(self, rules: dict[str, str], where: str) -> None:
        self._kept = list(rules)
        groups = "|".join(f"(?P<r{i}>{pattern})" for i, pattern in enumerate(rules.values()))
        self._pattern = re.compile(groups, re.IGNORECASE)
        self._where = re.compile(where, re.IGNORECASE)

    def applied(self, text: Aligned) -> Aligned:
        """The text with the rules applied."""
        return text.rewritten(self._pattern, self._replace) if self._where.search(text.text) else text

    def _replace(self, match: re.Match[str]) -> str:
        return _like(match.group(), self._kept[int((match.lastgroup or "r0")[1:])])


class _Table:
    """All replacements."""

    def __init__(self) -> None:
        raw = read_yaml(FILE)
        self.words = {form: kept for kept, forms in raw["words"].items() for form in forms.split()}
        self._stays = re.compile(raw["stays"], re.IGNORECASE)
        self._rules = [_Rules(raw[name], raw[f"{name}_where"]) for name in ("phrases", "spanish")]

    def applied(self, text: Aligned) -> Aligned:
        """The canonical form of a text."""
        for rules in self._rules:
            text = rules.applied(text)
        return text.rewritten(_WORD, self._replace)

    def _replace(self, match: re.Match[str]) -> str:
        said = match.group()
        kept = self._word(said.lower())
        if kept is None or self._stays.match(match.string, match.start()):
            return said
        return _like(said, kept)

    def _word(self, low: str) -> str | None:
        if low in self.words:
            return self.words[low]
        base, mark, suffix = low.partition("'")
        return f"{self.words[base]}'{suffix}" if mark and base in self.words else None


@lru_cache(maxsize=1)
def _table() -> _Table:
    return _Table()


def _like(said: str, kept: str) -> str:
    """``kept`` in the letter case of ``said``."""
    if len(said) > 1 and said.isupper():
        return kept.upper()
    return kept[0].upper() + kept[1:] if said[0].isupper() else kept


def aligned(text: str | Aligned) -> Aligned:
    """The canonical form, with a mapping to the offsets in ``text``."""
    return _table().applied(text if isinstance(text, Aligned) else Aligned(text))


def canonical(text: str) -> str:
    """The canonical form. Messages that differ only in the other person's gender become equal."""
    return aligned(text.translate(_QUOTES)).text


def kept_words() -> frozenset[str]:
    """All words that a canonical text may contain in place of others."""
    return frozenset(_table().words.values())


def canonical_pattern(pattern: str) -> str:
    """A regular expression for either gender, rewritten to match canonical texts."""
    words = _table().words

    def kept(match: re.Match[str]) -> str:
        return words.get(match.group().lower(), match.group())

    return _IN_PATTERN.sub(kept, pattern)
