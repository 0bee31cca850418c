"""Finds names of people in a message, also in lower case.

No language model: none on PyPI fits Rasa's pins, and the existing ones are trained on newspapers, not on "my ex jayden
keeps texting". Instead: the lists of the US Census (package ``names``), the words that are names as well
(``name_words.txt``), and the words around (``redact.yml``). A state or town is not taken for a person unless the
context says so, because a lost state would change the answer.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from whichpath.channels.guards.name_lists import LETTERS, Lists, lists

#: Most words of one name: "Mary Ann de la Cruz".
LONGEST = 5

_TOKEN = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*\.?")
_NAMED = re.compile(r"\b(?:name(?:(?:'s|’s| is| was|:)|\s+is:)|goes by|me llamo|se llama|nombre es)[\s:\"]*$", re.I)
_PERHAPS_NAMED = re.compile(r"\b(?:names?(?: are)?|named|call me|called|sincerely,?|c/o|care of)[\s:,\"]*$", re.I)
#: "I'm", "he'd", "don't": no names.
_CONTRACTION = re.compile(r"'(?:m|re|ve|ll|d|t)$")
_NOT_SAID = re.compile(r"(?:ed|ing|ly|wn|en)$")
_I_AM = re.compile(r"\b(?:i am|i'm|i’m|im|this is|it's|soy|ask for|care of|c/o|vs?\.?|versus)\s+$", re.I)
_PARTICLES = frozenset({"de", "la", "del", "los", "van", "von", "da", "di", "st", "al", "el", "bin"})
_SUFFIXES = frozenset({"jr", "sr", "ii", "iii", "iv"})


class Span(NamedTuple):
    """The position of a name."""

    start: int
    end: int


@dataclass(frozen=True)
class _Word:
    """A word of the text. ``low``: as the lists have it; ``cap``: with a meaningful capital letter."""

    start: int
    end: int
    low: str
    cap: bool
    opens: bool


def _plain(word: str) -> str:
    plain = unicodedata.normalize("NFKD", word.replace("’", "'").rstrip(".").casefold())
    plain = "".join(c for c in plain if not unicodedata.combining(c))
    if plain[:2] in ("o'", "d'"):
        plain = plain[0] + plain[2:]  # O'Brien, as the census writes it
    return plain[:-2] if plain.endswith("'s") else plain.rstrip("'")


def _words(text: str) -> list[_Word]:
    found = list(_TOKEN.finditer(text))
    capitals = sum(m[0][0].isupper() for m in found)
    # Text in all capitals or Title Case: capitals mean nothing.
    shouted = len(found) > 3 and capitals > 0.7 * len(found)
    words: list[_Word] = []
    for match in found:
        before = text[: match.start()].rstrip(" \"'(")
        after_title = bool(words) and words[-1].low in lists()["titles"]
        opens = not before or (before[-1] in ".!?:…\n" and not after_title)
        end = match.end() - (match[0].endswith(".") and len(match[0]) > 3)
        possessive = match[0].replace("’", "'").rstrip(".").endswith("'s")
        short = match[0].isupper() and 1 < len(match[0].rstrip(".")) <= 5  # OFP, VAWA
        cap = match[0][0].isupper() and not shouted and not short
        words.append(_Word(match.start(), end - 2 * possessive, _plain(match[0]), cap, opens))
    return words


def _blank(match: re.Match[str]) -> str:
    return "|" * len(match[0])


def _without_towns(text: str) -> str:
    """``text`` with the places of several words blanked, the longest first."""
    pieces, at, towns = [], 0, lists().towns
    for match in LETTERS.finditer(text):
        known = towns.get(match[0].lower()) if match.start() >= at else None
        if known and (town := known.match(text, match.start())):
            pieces += [text[at : town.start()], _blank(town)]
            at = town.end()
    return "".join((*pieces, text[at:]))


@lru_cache(maxsize=1)
def _mounts() -> re.Pattern[str]:
    return re.compile(rf"\b(?:{'|'.join(sorted(lists()['mounts']))})\b\.?\s+[^\W\d_]+", re.I)


def find(text: str) -> list[Span]:
    """The names in ``text``, from left to right."""
    if "[" in text:
        # A mark of the redaction is no name.
        text = re.sub(r"\[[^\]]{1,20}\]", _blank, text)
    text = _mounts().sub(_blank, _without_towns(text))
    words, spans, at = _words(text), [], 0
    while at < len(words):
        if _begins(text, words, at):
            last = _extent(text, words, at)
            spans.append(Span(words[at].start, words[last].end))
            at = last + 1
        else:
            at += 1
    return spans


def _known(low: str, among: frozenset[str]) -> bool:
    parts = low.split("-")
    return low in among or (len(parts) > 1 and all(len(p) > 1 for p in parts) and any(p in among for p in parts))


def _begins(text: str, words: list[_Word], at: int) -> bool:
    """Whether a name begins with word ``at``."""
    own, word = lists(), words[at]
    low = word.low
    before = words[at - 1].low if at and text[words[at - 1].end : word.start].strip(" ,'s’:.") == "" else ""
    after = words[at + 1].low if at + 1 < len(words) else ""
    mid_cap = word.cap and not word.opens
    if mid_cap and low in own["short"] and before in own["relations"] and after not in own["verbs"] - own["after"]:
        return True
    if len(low) < 2:
        return before in own["titles"] and text[word.end - 1] == "."  # "Officer J. Pruitt"
    lead = text[max(0, word.start - 30) : word.start]
    if mid_cap and low in own["short"] and _NAMED.search(lead):
        return True  # "his name is Will"
    if low in own["stop"] or _CONTRACTION.search(low):
        return False
    if _NAMED.search(lead) and (mid_cap or (low not in own["never"] and not _NOT_SAID.search(low))):
        return True
    if mid_cap and _PERHAPS_NAMED.search(lead) and low not in own["never"] | own.places:
        return "called" not in lead or _known(low, own.rare)
    if before in own["titles"]:
        return low not in own["never"] and _after_title(word, before)
    if low in own["never"]:
        return False
    if after in ("county", "courthouse", "parish", "township"):
        return False
    said_who = mid_cap and before in ("is", "was") and at > 1 and words[at - 2].low in own["somebody"]
    if said_who and (_may_be_name(word) or (low in own.words and low in own.family and low not in own.places)):
        return True  # "the other party is Thandeka": no list has it; "my judge is Smith": a word too
    place = low in own.places or (
        low in own["people_first"] and (before in own["place_before"] or after in own["place_after"])
    )
    if before in own["relations"] and not place:
        return _after_relation(word)
    if place:
        # Virginia, Madison, Jackson: a person only before a family name, or where the context says so.
        return mid_cap and _person_around(own, before, after) and low in own.rare and before not in own["place_before"]
    if mid_cap and before in own["people_after"] and _may_be_name(word):
        return True  # "with LaQuan": no list has it
    if low not in own.words:
        if before == "x":
            return False  # an X ray
        return _known(low, own.first) or (word.cap and (_known(low, own.rare) or _known(low, own.family)))
    return _word_as_name(text, words, at, before, after)


def _after_title(word: _Word, title: str) -> bool:
    own = lists()
    if word.cap or title in ("mr", "mrs", "ms", "mx", "dr"):
        return word.low not in own.places or word.cap
    return (_known(word.low, own.family) or _known(word.low, own.first)) and word.low not in own.words


def _after_relation(word: _Word) -> bool:
    own = lists()
    if word.low not in own.words:
        return _known(word.low, own.rare | own["also"]) or (word.cap and not word.opens)
    named = word.low in own.rare
    return named and ((word.cap and not word.opens) or word.low not in own["verbs"])


def _person_around(own: Lists, before: str, after: str) -> bool:
    return before in own["relations"] or before in own["near"] or after in own["after"]


def _word_as_name(text: str, words: list[_Word], at: int, before: str, after: str) -> bool:
    """Mark, Hope, Grace: a name with a capital inside a sentence, or before a family name."""
    own, word = lists(), words[at]
    if word.low not in own.rare:
        return False
    behind = words[at + 1] if at + 1 < len(words) else None
    together = behind is not None and text[word.end : behind.start] == " "
    if together and behind is not None and word.low not in own["verbs"] and behind.low in own.first - own.words:
        return True  # "crystal marie"
    if not word.cap:
        return False
    if together and behind is not None and behind.cap and behind.low in own.family and behind.low not in own["stop"]:
        return behind.low not in own.words or word.low not in own["verbs"]
    if word.opens:
        return word.low not in own["verbs"] and after in own["after"]  # "Ruby is my grandma"
    i_am = bool(_I_AM.search(text[max(0, word.start - 20) : word.start]))
    return i_am or word.low not in own["verbs"] or _person_around(own, before, after)


def _extent(text: str, words: list[_Word], at: int) -> int:
    """The last word of the name that begins with word ``at``."""
    last = at
    for i in range(at + 1, min(at + LONGEST, len(words))):
        word, gap = words[i], text[words[i - 1].end : words[i].start]
        if gap not in (" ", ". ", ", ", ' "', '" ') or (gap == ", " and word.low not in _SUFFIXES):
            break
        if gap == ". " and words[i - 1].end - words[i - 1].start > 2:
            break
        if word.low in _SUFFIXES or _family_name(word, words[at].cap):
            last = i
        elif gap == " " and word.cap and words[at].cap and _may_be_name(word):
            last = i  # a family name that no list has
        elif len(word.low) == 1 and word.cap and word.low != "i":
            last = i
        elif not (word.low in _PARTICLES and i + 1 < len(words) and _family_name(words[i + 1], words[at].cap)):
            break
        if text[word.end : word.end + 2] in ("'s", "’s"):
            break
    return last


def _may_be_name(word: _Word) -> bool:
    own = lists()
    out = own["stop"] | own["never"] | own.words | own.places
    return len(word.low) > 2 and word.low not in out and not _CONTRACTION.search(word.low)


def _family_name(word: _Word, first_cap: bool) -> bool:
    own = lists()
    if word.low in own["stop"] or word.low in own["never"] or len(word.low) < 2:
        return False
    known = _known(word.low, own.family) or _known(word.low, own.first) or word.low in own.rare
    if word.low in own.words or word.low in own.places:
        return known and word.cap and first_cap
    return known
