"""Compiles the word lists and patterns of danger that people edit (the `danger_*.yml` files beside this one)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from whichpath.library.files import read_yaml
from whichpath.nlu.text.neutral import canonical_pattern

_FILES = tuple(f"danger_patterns{part}.yml" for part in ("", "_fear", "_told", "_self_harm", "_es"))
_TIMES = ("now", "any", "event", "plain", "others", "own", "somebody_else")
#: How patterns about a person start.
_PERSON = r"\b{HE} "


class Pattern(NamedTuple):
    """What is said, and what must not be said anywhere in the message."""

    say: re.Pattern[str]
    without: re.Pattern[str] | None


class Group(NamedTuple):
    """One kind of danger."""

    name: str
    lists: dict[str, list[Pattern]]
    whole: re.Pattern[str] | None


class Triggers(NamedTuple):
    """Words without which a sentence cannot hold anything of a group; the groups by their place in the list."""

    words: dict[str, set[int]]
    #: Beginnings of words, by their length.
    stems: dict[int, dict[str, set[int]]]

    def groups(self, sentence: str) -> set[int]:
        """The groups that are worth looking for in a sentence."""
        found: set[int] = set()
        for word in set(sentence.split()):
            found |= self.words.get(word, set())
            for length, stems in self.stems.items():
                found |= stems.get(word[:length], set())
        return found


class Words(NamedTuple):
    """Spelling, and the frames that a danger can be told in."""

    spelling: dict[str, str]
    mend: dict[str, str]
    frames: dict[str, re.Pattern[str]]
    #: Beginnings of words of violence and fear.
    told: tuple[str, ...]


@lru_cache(maxsize=1)
def library() -> tuple[Words, Triggers, list[Group]]:
    """Reads and compiles everything, once."""
    folder = Path(__file__).parent
    raw = read_yaml(folder / "danger_words.yml")
    macros: dict[str, str] = {}
    for name, pattern in raw["macros"].items():
        # A macro may use those above it.
        macros[name] = canonical_pattern(_filled(pattern, macros))
    spelling = {typed: meant for meant, all_typed in raw["spelling"].items() for typed in str(all_typed).split()}
    spelling.update(dict.fromkeys(raw["fillers"].split(), ""))
    frames = {name: re.compile(_filled(pattern, macros)) for name, pattern in raw["frames"].items()}
    blocks = [b for f in _FILES for b in read_yaml(folder / f)["groups"].items()]
    groups = [_group(name, block, macros) for name, block in blocks]
    triggers = _triggers([block["trigger"] for _, block in blocks])
    return Words(spelling, _variants(raw["mend"].split()), frames, tuple(raw["told"].split())), triggers, groups


def _triggers(by_group: list[str]) -> Triggers:
    triggers = Triggers({}, {})
    for group, words in enumerate(by_group):
        for word in canonical_words(words):
            stem = word.rstrip("*")
            known = triggers.words if stem == word else triggers.stems.setdefault(len(stem), {})
            known.setdefault(stem, set()).add(group)
    return triggers


def _group(name: str, block: dict[str, Any], macros: dict[str, str]) -> Group:
    whole = "|".join(f"(?:{_filled(p, macros)})" for p in block.get("whole", []))
    lists = {time: list(_patterns(block[time], macros)) for time in _TIMES if time in block}
    return Group(name.removesuffix("_es"), lists, re.compile(whole) if whole else None)


def _patterns(entries: list[str | dict[str, str]], macros: dict[str, str]) -> Iterator[Pattern]:
    """Compiles a list. Those that start with a person become one: the person is looked for once, not thirty times."""
    about_person, others = [], []
    for alternative in (a for entry in entries if isinstance(entry, str) for a in _alternatives(entry)):
        if alternative.startswith(_PERSON):
            about_person.append(alternative.removeprefix(_PERSON))
        else:
            others.append(alternative)
    if about_person:
        yield Pattern(re.compile(_filled(f"{_PERSON}(?:{'|'.join(about_person)})", macros)), None)
    if others:
        yield Pattern(re.compile(_filled("|".join(others), macros)), None)
    for entry in entries:
        if isinstance(entry, dict):
            yield Pattern(re.compile(_filled(entry["say"], macros)), re.compile(_filled(entry["not"], macros)))


def _alternatives(pattern: str) -> Iterator[str]:
    """Splits a pattern at the bars that stand in no bracket."""
    depth, start = 0, 0
    for at, char in enumerate(pattern):
        depth += (char in "([") - (char in ")]")
        if char == "|" and depth == 0:
            yield pattern[start:at]
            start = at + 1
    yield pattern[start:]


def _filled(pattern: str, macros: dict[str, str]) -> str:
    return re.sub(r"\{([A-Z]+)\}", lambda m: macros[m.group(1)], canonical_pattern(pattern))


def canonical_words(words: str) -> Iterator[str]:
    """Words and beginnings of words, each as typed and in the form that stands for both genders."""
    for word in words.split():
        yield word
        if canonical_pattern(word) != word:
            yield canonical_pattern(word)


def _variants(words: list[str]) -> dict[str, str]:
    """Every key with one inner letter missing or two swapped, and its two ends. Those are hardly ever mistyped."""
    found: dict[str, str] = {}
    for word in words:
        for i in range(1, len(word)):
            found[word[:i] + word[i + 1 :]] = word
            found[word[:i] + word[i : i + 2][::-1] + word[i + 2 :]] = word
        found[word[0] + word[-1]] = ""
    found.update((word, word) for word in words)
    return found
