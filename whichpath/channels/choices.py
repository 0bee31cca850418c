"""A typed answer to a menu: its number, "one", the title of a choice or a part of it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from whichpath.nlu.situation.flags import choice

#: Title and payload of each choice, in the order shown.
Menu = Sequence[Sequence[str]]

#: Words that name no choice by themselves. A bare "no" must never pick "A judge said no to ending it".
_VAGUE_WORDS = """
i a an the and or of to in on at is it its be am are was my me you your we us our he she they him her them his
not no yes yeah ok okay sure maybe this that there if what who how when where why do does did can may will has
have had need want ask asked say said get got with by for from as so order orders court case papers please help
stop end more back about else one two
"""
_VAGUE = frozenset(_VAGUE_WORDS.split())
_WORD = re.compile(r"[a-z0-9']+")


def plain_digits(text: str) -> str:
    """``text`` with 0 to 9 for the digits of other scripts, and plain letters and signs for those of double width."""
    if text.isascii():
        return text
    narrow = "".join(chr(ord(c) - 0xFEE0) if "\uff01" <= c <= "\uff5e" else " " if c == "\u3000" else c for c in text)
    return "".join(str(unicodedata.decimal(c)) if c.isdecimal() else c for c in narrow)


def words_of(text: str) -> list[str]:
    """The words of ``text`` without case, accents and punctuation."""
    plain = unicodedata.normalize("NFKD", plain_digits(text).casefold().replace("’", "'"))
    return _WORD.findall("".join(c for c in plain if not unicodedata.combining(c)))


def number_of(text: str) -> int | None:
    """The number that the whole message is: "2", "2.", "two", "option 2"."""
    found = choice(plain_digits(text)) if len(text) <= 40 else None
    return int(found.value) if found else None


def pick(text: str, menu: Menu) -> str | None:
    """The payload of the choice that ``text`` names; ``None`` where it names none, or more than one."""
    number = number_of(text)
    if number is not None:
        return menu[number - 1][1] if 1 <= number <= len(menu) else None
    said = words_of(text)
    if not said or len(said) > 12:
        return None
    titles = [words_of(title) for title, _payload in menu]
    for title, (_title, payload) in zip(titles, menu, strict=True):
        if said == title:
            return payload
    if len(said) < 3 and not any(len(word) >= 3 and word not in _VAGUE for word in said):
        return None
    having = [payload for title, (_title, payload) in zip(titles, menu, strict=True) if _contains(title, said)]
    return having[0] if len(having) == 1 else None


def _contains(title: list[str], part: list[str]) -> bool:
    return any(title[i : i + len(part)] == part for i in range(len(title) - len(part) + 1))
