"""Names in scripts other than Latin: no list has them, so they are recognised by position.

In a message in Latin letters a short run of another script is a name ("my husband 李明 hit me"). In a message of
another script a name is what follows "my name is", and in Cyrillic and Greek a word with a capital letter inside a
sentence that does not follow "in" or "from". Words of danger are never taken for a name: they are needed later.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from whichpath.channels.guards.name_lists import lists
from whichpath.channels.guards.names import Span
from whichpath.nlu.danger.patterns import read

#: Letters beyond Latin with its accents, and marks between and on them.
_OTHER = r"[\u0370-\u1dff\u3040-\u9fff\uac00-\ud7af\uf900-\ufaff]"
_RUN = re.compile(rf"{_OTHER}+(?:[ ·•.]{{1,2}}{_OTHER}+){{0,2}}")
_LATIN = re.compile(r"[A-Za-z\u00c0-\u024f]")
#: More letters than this are a sentence, in scripts with spaces between words and without.
_LONGEST, _LONGEST_DENSE = 32, 6
_DENSE = re.compile(r"[\u3040-\u9fff]")
#: A word with a capital letter behind one without, and a second such word.
_CAPITAL, _SMALL = r"[\u0386-\u03ab\u0400-\u042f\u0490]", r"[\u03ac-\u03ce\u0430-\u045f\u0491]"
_PROPER = re.compile(rf"(?P<before>{_SMALL}+),? (?P<it>{_CAPITAL}{_SMALL}+(?:[ -]{_CAPITAL}{_SMALL}+){{0,2}})")


@lru_cache(maxsize=1)
def _named() -> re.Pattern[str]:
    cues = "|".join(re.escape(word) for word in sorted(lists()["named_elsewhere"]))
    return re.compile(rf"(?:{cues})[\s:]*(?P<it>{_OTHER}{{2,12}}(?: {_OTHER}{{2,12}})?)")


def find(text: str) -> Iterator[Span]:
    """The spans of names in other scripts in ``text``."""
    if text.isascii():
        return
    others = sum(map(len, re.findall(rf"{_OTHER}+", text)))
    if not others:
        return
    if others > len(_LATIN.findall(text)):
        yield from _in_its_own(text)
        return
    for match in _RUN.finditer(text):
        most = _LONGEST_DENSE if _DENSE.search(match[0]) else _LONGEST
        if len(match[0]) <= most and read(match[0]).kind is None:
            yield Span(*match.span())


def _in_its_own(text: str) -> Iterator[Span]:
    """Names in a message written entirely in another script."""
    places = {match.span("it") for match in _named().finditer(text)}
    for match in _PROPER.finditer(text):
        start, end = match.span("it")
        known = match["before"] in lists()["place_elsewhere"] or any(a < end and start < b for a, b in places)
        if not known and read(match["it"]).kind is None:
            places.add((start, end))
    yield from (Span(*place) for place in sorted(places))
