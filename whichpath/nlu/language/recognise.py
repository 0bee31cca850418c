"""Recognises the language of a message by short words that are common in one language and unknown in the other.

Word lists instead of a library: messages are short, contain names, typing mistakes and words of the other language,
and only two languages matter. Libraries classify "no" as Spanish and "hearing mañana" as either, and need memory.
An unclear message has no language.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from whichpath.library.files import read_yaml

FILE = Path(__file__).with_name("words.yml")
SPANISH, ENGLISH = "es", "en"
#: Letters and marks that English lacks.
_SPANISH_MARKS = re.compile(r"[ñ¿¡]|[áéíóú]\w*", re.IGNORECASE)
_WORD = re.compile(r"[a-z]+(?:'[a-z]+)?")
#: Number of characters that are read of a message.
_MOST = 2000


class Language(NamedTuple):
    """The language of a message (``None``: unclear), and the language that it asks for by name."""

    code: str | None
    asked: str | None = None


class _Words(NamedTuple):
    spanish: frozenset[str]
    english: frozenset[str]
    asks: dict[str, re.Pattern[str]]
    not_asks: re.Pattern[str]
    places: re.Pattern[str]


@lru_cache(maxsize=1)
def words() -> _Words:
    """Reads the word lists, once."""
    raw = read_yaml(FILE)
    asks = {code: re.compile(pattern) for code, pattern in raw["asks"].items()}
    not_asks, places = re.compile(raw["not_asks"]), re.compile(raw["places"])
    return _Words(frozenset(raw["es"].split()), frozenset(raw["en"].split()), asks, not_asks, places)


def recognise(text: str) -> Language:
    """Recognises the language of one message."""
    table = words()
    said = text[:_MOST].lower().replace("’", "'")
    plain = "".join(c for c in unicodedata.normalize("NFKD", said) if not unicodedata.combining(c))
    tokens = _WORD.findall(table.places.sub(" ", plain))
    asked = _asked(" ".join(tokens), table)
    if asked:
        return Language(asked, asked)
    spanish = sum(token in table.spanish for token in tokens)
    english = sum(token in table.english or token.replace("'", "") in table.english for token in tokens)
    marks = len(_SPANISH_MARKS.findall(said))
    return Language(_code(spanish, english, marks, len(tokens)))


def _asked(plain: str, table: _Words) -> str | None:
    if table.not_asks.search(plain):
        return None
    return next((code for code, pattern in table.asks.items() if pattern.search(plain)), None)


def _code(spanish: int, english: int, marks: int, length: int) -> str | None:
    """Spanish needs two signs, or a message without anything else; one or two words among English ones do not count."""
    signs = spanish + min(marks, 2)
    if signs >= 2 and spanish and signs > 1.5 * english:
        return SPANISH
    if spanish and not english and (2 * spanish >= length and length <= 3):
        return SPANISH
    if english >= 2 and english > 1.5 * spanish:
        return ENGLISH
    return None
