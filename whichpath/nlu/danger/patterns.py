"""Finds messages that tell of danger or of the wish to die by patterns alone, whatever else they ask.

Without any classifier: a person in danger must not depend on which topic a model thinks likelier. What counts stands in
`danger_patterns.yml` and `danger_words.yml`; here is only how they are applied.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from contextvars import ContextVar
from typing import NamedTuple

from whichpath.nlu.danger.head import DANGER, SELF_HARM
from whichpath.nlu.danger.languages import heard
from whichpath.nlu.danger.patterns_library import Group, Words, library
from whichpath.nlu.text.neutral import canonical

#: Longer messages are cut: nobody's cry for help starts after so many characters.
_MOST = 6000
#: Words that are read together where no full stop parts them, and how many of them are read twice.
_WINDOW, _OVERLAP = 60, 15
#: How many characters after "she says I" still are what she says.
_NEAR = 45

_REPEATED = re.compile(r"([a-z])\1{2,}")
_SENTENCE_END = re.compile(r"[.!?;:\n]+")
#: "my (53F) ex": age and sex stand between words that belong together.
_AGE = re.compile(r"\(?\b\d\d ?/? ?[mf]\b\)?|\(\d\d\)")
_WORD = re.compile(r"[a-z0-9]+(?:'[a-z]+)?")
_SUFFIXES = {"re": "are", "ll": "will", "ve": "have", "d": "would", "m": "am", "s": "is"}
_MARKS = {ord(c): to for c, to in {"’": "'", "‘": "'", "`": "'", "´": "'", "ʼ": "'", "…": "."}.items()}


class Reading(NamedTuple):
    """What the patterns make of a message."""

    #: `danger`, `self_harm`, or None.
    kind: str | None
    groups: tuple[str, ...]
    #: Words of danger were there, told as a memory, an accusation or a question.
    held_back: bool
    #: It says that there is no danger.
    denied: bool
    #: It is about law or contact, and no word in it sounds like danger.
    calm: bool = False
    #: A word in it may tell of the wish to die.
    despair: bool = False
    #: How many different words of violence or fear are in it.
    told: int = 0


class _Told(NamedTuple):
    """A message as the patterns see it."""

    whole: str
    sentences: list[str]


#: What this task read last: the guard reads a message before its turn, the pipeline in it. It ends with the task.
_last: ContextVar[tuple[str, Reading] | None] = ContextVar("danger_read_last", default=None)


def read(text: str) -> Reading:
    """Reads a message by the patterns alone."""
    text = text[:_MOST]
    known = _last.get()
    if known is None or known[0] != text:
        known = text, _read(text)
        _last.set(known)
    return known[1]


def _read(text: str) -> Reading:
    words, triggers, groups = library()
    foreign = heard(text)
    told = _normalise(canonical(text), words)
    triggered = [(sentence, triggers.groups(sentence)) for sentence in told.sentences]
    found: list[str] = []
    lists: set[str] = set()
    held_back = False
    for place, group in enumerate(groups):
        sentences = [sentence for sentence, places in triggered if place in places]
        where, held = _find(group, sentences, told.whole, words.frames)
        held_back = held_back or held
        if where:
            found.append(group.name)
            lists.add(where)
    if foreign:
        found.append(foreign)
        lists.add("now")
    names = tuple(dict.fromkeys(found))
    denied = bool(words.frames["denied"].search(told.whole))
    held_back = held_back or any(words.frames[frame].search(told.whole) for frame in ("accused", "quoted"))
    alarmed = words.frames["alarm"].search(told.whole)
    calm = not alarmed and bool(words.frames["calm"].search(told.whole) or words.frames["legal"].search(told.whole))
    despair = bool(words.frames["despair"].search(told.whole))
    own = SELF_HARM in names and (len(names) == 1 or "somebody_else" not in lists)
    kind = SELF_HARM if own else DANGER if names else None
    return Reading(kind, names, held_back, denied, calm, despair, _words_told(told.whole, words.told))


def _words_told(whole: str, stems: tuple[str, ...]) -> int:
    """How many of ``stems`` a word starts with."""
    said = set(whole.split())
    return sum(any(word.startswith(stem) for word in said) for stem in stems)


def _find(
    group: Group, sentences: list[str], whole: str, frames: dict[str, re.Pattern[str]]
) -> tuple[str | None, bool]:
    """The list in which the group found something, and whether it only found what must be held back."""
    if group.whole and group.whole.fullmatch(whole):
        return "whole", False
    held = False
    if not sentences:
        return None, False
    for name, patterns in group.lists.items():
        for pattern in patterns:
            if pattern.without and pattern.without.search(whole):
                continue
            for sentence in sentences:
                for match in pattern.say.finditer(sentence):
                    if _counts(name, match, sentence, whole, frames):
                        return name, False
                    held = True
    return None, held


def _counts(name: str, match: re.Match[str], sentence: str, whole: str, frames: dict[str, re.Pattern[str]]) -> bool:
    """Whether a match is told as something that is or may come, not as a memory, an accusation or a question."""
    before = sentence[: match.start()].rstrip()
    said = match.group()
    if frames["negated"].search(said) or frames["negated_before"].search(f"{before} {said.split()[0]}"):
        return False
    if name in ("own", "somebody_else"):
        return not frames["quoted"].search(sentence[max(0, match.start() - _NEAR) : match.start() + 3])
    if frames["supposed"].search(before) or frames["harmless"].search(f"{before} {said.split()[0]}"):
        return False
    if frames["blamed"].search(said) or (name != "now" and frames["unsaid"].search(whole)):
        return False
    if name == "others":
        quoted = frames["quoted"].search(sentence[: match.start() + 3])
        return not (quoted or frames["accused"].search(sentence) or _old(sentence, frames))
    if name == "plain":
        return not any(frames[frame].search(whole) for frame in ("old", "legal", "accused"))
    if name == "now":
        return True
    # Who is locked up does not hurt anybody while the question is one of law.
    if name == "event" and _held(whole, frames) and frames["legal"].search(whole):
        return False
    if _recent(match, sentence, frames):
        return True
    if name == "any":
        told_as_reason = frames["ending"].search(whole) and frames["origin"].search(sentence)
        return not (told_as_reason or (_old(sentence, frames) and frames["legal"].search(whole)))
    return not any(frames[frame].search(whole) for frame in ("old", "legal", "accused"))


def _held(whole: str, frames: dict[str, re.Pattern[str]]) -> bool:
    return bool(frames["in_custody"].search(whole)) and not frames["released"].search(whole)


def _old(sentence: str, frames: dict[str, re.Pattern[str]]) -> bool:
    return bool(frames["old"].search(sentence)) and not frames["recent"].search(sentence)


def _recent(match: re.Match[str], sentence: str, frames: dict[str, re.Pattern[str]]) -> bool:
    if frames["recent"].search(sentence) or frames["just"].search(match.group()):
        return not frames["old"].search(sentence)
    day = frames["weekday"].search(sentence)
    if not day:
        return False
    between = sentence[match.end() : day.start()] if day.start() >= match.end() else sentence[day.end() : match.start()]
    return not frames["other_date"].search(between)


def _normalise(text: str, words: Words) -> _Told:
    """One spelling for what people type in a hundred ways."""
    plain = text.lower()
    if not plain.isascii():
        plain = unicodedata.normalize("NFKD", plain.translate(_MARKS))
        plain = "".join(c for c in plain if not unicodedata.combining(c))
    plain = _AGE.sub(" ", _REPEATED.sub(r"\1", plain))
    parts = [" ".join(_respell(part, words)).split() for part in _SENTENCE_END.split(plain)]
    sentences = [" ".join(window) for part in parts if part for window in _windows(part)]
    return _Told(" ".join(word for part in parts for word in part), sentences)


def _windows(part: list[str]) -> Iterator[list[str]]:
    """Reads long texts without a full stop piece by piece: the time must not grow with the square of the length."""
    yield part[:_WINDOW]
    for start in range(_WINDOW - _OVERLAP, len(part) - _OVERLAP, _WINDOW - _OVERLAP):
        yield part[start : start + _WINDOW]


def _respell(sentence: str, words: Words) -> Iterator[str]:
    for token in _WORD.findall(sentence):
        joined = token.replace("'", "")
        if joined in words.spelling:
            yield words.spelling[joined]
        elif "'" in token:
            base, suffix = token.split("'", 1)
            yield f"{_mended(base, words.mend)} {_SUFFIXES[suffix]}" if suffix in _SUFFIXES else joined
        else:
            yield _mended(token, words.mend)


def _mended(token: str, mend: dict[str, str]) -> str:
    """Repairs one letter too few, too many or swapped, in the words that matter."""
    if len(token) < 5:
        return token
    if token in mend:
        return mend[token]
    if len(token) > 6 and token[0] + token[-1] in mend:
        for i in range(1, len(token)):
            shorter = token[:i] + token[i + 1 :]
            if mend.get(shorter) == shorter:
                return shorter
    return token
