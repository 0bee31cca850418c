"""Which language a message is written in: by small words that are common in one and unknown in the other.

A list of words and not a library: messages are short, hold names, slips and words of the other language, and only two
languages matter. Libraries take "no" for Spanish, "hearing mañana" for either, and cost memory. What is not
clear is no language.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import yaml

FILE = Path(__file__).with_name("words.yml")
SPANISH, ENGLISH = "es", "en"
#: Letters and marks that English does not have.
_SPANISH_MARKS = re.compile(r"[ñ¿¡]|[áéíóú]\w*", re.IGNORECASE)
_WORD = re.compile(r"[a-z]+(?:'[a-z]+)?")
#: Who asks for a language says so briefly, or in a sentence of its own.
_MOST = 2000


class Language(NamedTuple):
    """The language of a message, if it is clear, and the one that it asks for by name."""

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
    """Reads the lists, once."""
    raw = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    asks = {code: re.compile(pattern) for code, pattern in raw["asks"].items()}
    not_asks, places = re.compile(raw["not_asks"]), re.compile(raw["places"])
    return _Words(frozenset(raw["es"].split()), frozenset(raw["en"].split()), asks, not_asks, places)


def recognise(text: str) -> Language:
    """Reads one message."""
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
    """Spanish needs two signs, or to be all that is there; a word or two among English ones change nothing."""
    signs = spanish + min(marks, 2)
    if signs >= 2 and spanish and signs > 1.5 * english:
        return SPANISH
    if spanish and not english and (2 * spanish >= length and length <= 3):
        return SPANISH
    if english >= 2 and english > 1.5 * spanish:
        return ENGLISH
    return None
