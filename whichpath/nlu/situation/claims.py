"""What a message states about the situation in so many words: phrases, and how they weigh against each other.

The phrases stand in the `claims_*.yml` files. Where they speak, they are right more often than a classifier that sees
one vector, and read what it cannot ("not final", "I am not the respondent"). Where they contradict each other, nothing
is claimed.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from whichpath.library.files import read_yaml
from whichpath.nlu.situation.phrases import Hit, Phrases, Words, words_of

#: Stated in so many words; and likely, from what stands around it.
STATED, LIKELY = 0.97, 0.8
_PARTS = ("role", "matter", "stage", "outcome", "order_type")


class Stated(NamedTuple):
    """A fact, and where the text says it. Without a value: the text contradicts itself, nothing may be claimed."""

    name: str
    value: str | None
    start: int
    end: int
    confidence: float = STATED


class Found:
    """The phrases of a text by their group."""

    def __init__(self, words: Words, hits: list[Hit]) -> None:
        self._words = words
        self._hits: dict[str, list[Hit]] = {}
        for hit in hits:
            self._hits.setdefault(hit.name, []).append(hit)

    def __contains__(self, name: str) -> bool:
        return name in self._hits

    def any(self, *names: str) -> bool:
        """Whether a phrase of any of the groups is there."""
        return any(name in self._hits for name in names)

    def without(self, name: str, *others: str) -> bool:
        """Drops the hits of a group that end inside a hit of the others; tells whether some are left."""
        covers = [hit for other in others for hit in self._hits.get(other, ())]
        kept = [hit for hit in self._hits.get(name, ()) if not any(c.start < hit.end <= c.end for c in covers)]
        if kept:
            self._hits[name] = kept
        else:
            self._hits.pop(name, None)
        return bool(kept)

    def stated(self, fact: str, value: str | None, *names: str, confidence: float = STATED) -> Stated:
        """A fact, shown by the first phrase of the groups that is there."""
        for name in names:
            if name in self._hits:
                hit = self._hits[name][0]
                return Stated(fact, value, *self._words.span(hit.start, hit.end), confidence)
        return Stated(fact, value, *self._words.span(0, len(self._words.places)), confidence)


@lru_cache(maxsize=1)
def _phrases() -> tuple[dict[str, Phrases], tuple[str, ...]]:
    folder = Path(__file__).parent

    def raw(name: str) -> dict[str, Any]:
        return read_yaml(folder / f"claims_{name}.yml")

    spanish, english = raw("spanish"), {part: raw(part)["groups"] for part in _PARTS}
    lists = {**raw("words")["lists"], **spanish["lists"]}
    groups = {
        part: {name: [*english[part].get(name, ()), *spanish[part].get(name, ())] for name in english[part]}
        for part in _PARTS
    }
    return {part: Phrases(groups[part], lists) for part in _PARTS}, tuple(english["order_type"])


def _plain(text: str) -> str:
    """The text without accents, of the same length."""
    return "".join(unicodedata.normalize("NFD", letter)[0] for letter in text)


def read(text: str) -> Iterator[Stated]:
    """What a text states. It has to be mended and neutral already (`Encoder.mend`)."""
    words = words_of(_plain(text))
    phrases, _ = _phrases()
    found = Found(words, [hit for part in phrases.values() for hit in part.find(words)])
    yield from _matter(found)
    yield from _role(found)
    yield from _stage(found)
    yield from _outcome(found)
    yield from _order_type(found)


def _criminal_role(found: Found) -> str | None:
    """The side that a criminal case puts the person on."""
    if "me_charged" in found:
        return "restrained"
    if "other_charged" in found and "me_victim" in found:
        return "protected"
    return None


def _matter(found: Found) -> Iterator[Stated]:
    charged = found.any("me_charged", "other_charged")
    if "no_criminal" in found and not found.any("me_charged"):
        civil = found.any("civil_order", "any_order")
        yield found.stated("matter", "civil_order" if civil else None, "no_criminal")
        return
    barred = "no_contact" in found or ("no_talk" in found and "me_charged" in found)
    told = (charged or "me_victim" in found) and barred and "drop_charges" not in found
    if told and "civil_order" in found and "nco_named" not in found:
        # A restraining order, which somebody calls a no contact order too, or one of each.
        yield found.stated("matter", None, "no_contact", "no_talk")
    elif "nco_named" in found or told:
        yield found.stated("matter", "criminal_no_contact_order", "nco_named", "no_contact", "no_talk")
    elif charged and not found.any("civil_order", "violated"):
        yield found.stated("matter", "criminal_case", "me_charged", "other_charged")
    elif charged:
        yield found.stated("matter", None, "me_charged", "other_charged")  # both are spoken of
    elif "civil_order" in found and not found.any("no_contact", "no_talk", "drop_charges", "crime"):
        yield found.stated("matter", "civil_order", "civil_order", confidence=LIKELY)


def _role(found: Found) -> Iterator[Stated]:
    found.without("restrained", "maybe", "third_restrained")
    found.without("protected", "motion", "maybe", "third_protected", "third_restrained", "third_open", "third_both")
    found.without("third_restrained", "third_both")
    side = "protected" if "third_protected" in found else "restrained" if "third_restrained" in found else None
    sides = {value for value in ("protected", "restrained") if f"{value}_word" in found}
    if not sides:
        sides = {value for value in ("protected", "restrained") if value in found}
        criminal = _criminal_role(found)
        if criminal:
            sides.add(criminal)
    shown = [f"{v}{end}" for v in sides for end in ("_word", "")] + ["me_charged", "me_victim"]
    if len(sides) == 2 or ("both" in found and not found.any("restrained_word", "protected_word")):
        yield found.stated("role", None, *shown)
    elif "third" in found or ((side or found.any("third_open", "third_both")) and not sides and "own" not in found):
        yield found.stated(
            "role", "third_party", "third", "third_restrained", "third_protected", "third_open", "third_both"
        )
        if side:
            yield found.stated("side", side, f"third_{side}")
    elif sides:
        yield found.stated("role", sides.pop(), *shown)


def _stage(found: Found) -> Iterator[Stated]:
    words = [v for v in ("temporary", "final", "none") if f"{v}_word" in found]
    if "petition_denied" in found and "none" not in words:
        # The order was refused: "temporary" is what it would have been.
        if "still_running" in found:
            yield found.stated("stage", "none", "petition_denied", confidence=LIKELY)
        return
    if words:
        one = len(words) == 1
        yield found.stated("stage", words[0] if one else None, *(f"{v}_word" for v in words))
        return
    known = found.any("restrained", "protected", "restrained_word", "protected_word")
    told = [v for v in ("temporary", "final") if v in found and not (v == "final" and "unfinal" in found)]
    if len(told) == 1 and known:
        yield found.stated("stage", told[0], told[0], confidence=STATED)


def _outcome(found: Found) -> Iterator[Stated]:
    running = "still_running" in found
    denied = "petition_denied" in found or (
        "denied_me" in found and "any_order" in found and ("motion_words" not in found or "put_back" in found)
    )
    if denied and running:
        yield found.stated("outcome", None, "petition_denied")
    elif "motion_denied" in found or ("refused_to_end" in found and found.any("any_order", "motion_words")):
        yield found.stated("outcome", "motion_denied", "motion_denied", "refused_to_end")
    elif "denied_me" in found and "motion_words" in found:
        yield found.stated("outcome", "motion_denied", "denied_me", confidence=LIKELY)
    elif denied:
        yield found.stated("outcome", "petition_denied", "petition_denied", "denied_me")
    elif (found.without("ended", "not_ended") or "ended_negated" in found) and not found.any("renewed", "criminal_end"):
        yield found.stated("outcome", "ended", "ended", "ended_negated")


def _order_type(found: Found) -> Iterator[Stated]:
    _, types = _phrases()
    named = [name for name in types if name in found]
    values = [n for n in named if n not in ("not_type", "ppo", "family", "unrelated")]
    spoken = found.any("any_order", "not_type")
    if values and values[0] == "domestic" and found.any("unrelated", "not_type"):
        return  # a neighbour, or "not domestic"
    if values and (spoken or values[0] == "red_flag" or "no_contact" in found):
        yield found.stated("order_type", values[0], values[0])
    elif "ppo" in found and "family" in found and "unrelated" not in found:
        yield found.stated("order_type", "domestic", "ppo")
