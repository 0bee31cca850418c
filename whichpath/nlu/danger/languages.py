"""Hears a cry for help in the languages most spoken in the US beside English and Spanish.

In original script or Latin letters. What counts stands in `danger_languages.yml`: "he wants to kill me", "he
has a gun",
"help". Nothing else is understood there.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from pathlib import Path

from whichpath.library.files import read_yaml

FILE = Path(__file__).with_name("danger_languages.yml")
_LETTERS = str.maketrans({"đ": "d", "ı": "i", "ø": "o", "ł": "l", "ß": "ss", "’": "'", "‘": "'", "`": "'"})
#: Punctuation between words is none of the patterns' business; the apostrophe is.
#: Vowel signs of Hindi are no punctuation.
_BETWEEN = re.compile(
    r"[\s!-&(-/:-@\[-`{-~¡¿«»\u0964\u060c\u061f\u2000-\u206f\u3000-\u303f\uff01-\uff0f\uff1a-\uff20]+"
)


def flat(text: str) -> str:
    """A text without accents and vowel marks; letters that have no accent stay in their own script."""
    parts = unicodedata.normalize("NFKD", text.translate(_LETTERS))
    return unicodedata.normalize("NFC", "".join(c for c in parts if not unicodedata.combining(c)))


class _Heard:
    """One group: patterns in Latin letters, which are whole words, and in other scripts, which have no word ends."""

    def __init__(self, name: str, languages: dict[str, list[str]]) -> None:
        self.name = name
        said = [flat(p) for patterns in languages.values() for p in patterns]
        latin = [p for p in said if p.isascii()]
        others = [p for p in said if not p.isascii()]
        self.patterns = [
            re.compile(f"(?<!\\w)(?:{'|'.join(latin)})(?!\\w)"),
            re.compile("|".join(others)),
        ]


@lru_cache(maxsize=1)
def _groups() -> list[_Heard]:
    raw = read_yaml(FILE)
    return [_Heard(name, languages) for name, languages in raw["groups"].items()]


def heard(text: str) -> str | None:
    """The group of danger that a message tells of in one of these languages, if any."""
    plain = " ".join(_BETWEEN.sub(" ", flat(text.lower())).split())
    latin_only = plain.isascii()
    for group in _groups():
        for pattern in group.patterns[: 1 if latin_only else 2]:
            if pattern.search(plain):
                return group.name
    return None
