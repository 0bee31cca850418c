"""Phrases that people write, in a notation that a lawyer can read, found by spaCy's `Matcher`.

    (judge|court) {DENIED} ..2 my {REQUEST}

A word stands for itself, `(a|b)` for either, `{LIST}` for any entry of a list of words, `..2` for up to two words
between, and a question mark after a word or a bracket for "may be missing". Texts are mended and neutral before they
are read (`whichpath/nlu/text`), short forms are written out ("is not" for "isn't"), and no phrase reaches over a
full stop.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

import spacy
from spacy.matcher import Matcher
from spacy.tokens import Doc

_WORD = re.compile(r"[a-z0-9áéíóúñü]+(?:'[a-z]+)?|[.!?;:,()\n]+")
_PIECE = re.compile(r"\.\.\d+|\([^)]*\)\??|\{[A-Z_]+\}\??|[^\s]+")
_SUFFIXES = {"s": "is", "re": "are", "ll": "will", "ve": "have", "d": "would", "m": "am"}
#: No gap reaches over these: another sentence, a denial, or the writer as the one who acts.
_NO_GAP = frozenset([".", ",", "not", "never", "no", "i", "we", "and", "but", "or"])
_NOT = {
    "its": ("it", "is"),
    "can't": ("can", "not"),
    "won't": ("will", "not"),
    "ain't": ("is", "not"),
    "cannot": ("can", "not"),
}
#: One word, and no denial: "I have a no contact order against him".
_NO_CONTACT = "no-contact"
#: Words that most messages hold: a phrase is looked up by another of its words, if it has one.
_WORDS = "i me my she her the a an it is was not on against have has order orders and to . ,"
_COMMON = frozenset(_WORDS.split())
#: A phrase that would become more patterns than this is written badly.
_MOST = 400
_CLAUSE_END = (".", ",")
#: How far before and after a phrase the words that forbid it are looked for.
_BEFORE, _AFTER = 6, 5
#: Whoever owns something is no short form of "is".
_OWNERS = re.compile(
    r"^(?:she|it|that|there|what|who|here|where|how|one|this|everything|everybody|nobody|somebody|someone)$"
)


class Words(NamedTuple):
    """A text as words, each with its place."""

    doc: Doc
    texts: list[str]
    places: list[tuple[int, int]]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Where the words from ``start`` to ``end`` stand in the text."""
        return self.places[start][0], self.places[end - 1][1]


class Hit(NamedTuple):
    """A phrase that was found: the name of its group, and its words."""

    name: str
    start: int
    end: int


class _Guard(NamedTuple):
    """Words that must not stand before or after a phrase."""

    before: frozenset[str]
    after: frozenset[str]


class _Phrase(NamedTuple):
    """A compiled phrase of at most ``size`` words. A text without a word of each of ``needs`` cannot hold it."""

    name: str
    matcher: Matcher
    size: int
    needs: tuple[frozenset[str], ...]
    guard: _Guard


@lru_cache(maxsize=1)
def _blank() -> spacy.language.Language:
    return spacy.blank("en")


def words_of(text: str) -> Words:
    """Cuts a text into words; the ends of sentences stay as full stops."""
    found, places = ["."], [(0, 0)]
    for match in _WORD.finditer(text.lower()):
        word, place = match.group(), match.span()
        for part in _written_out(word):
            found.append(part)
            places.append(place)
    found.append(".")
    places.append((len(text), len(text)))
    for at in range(len(found) - 1, 0, -1):
        if found[at - 1 : at + 1] == ["no", "contact"]:
            found[at - 1 : at + 1] = [_NO_CONTACT]
            places[at - 1 : at + 1] = [(places[at - 1][0], places[at][1])]
    return Words(Doc(_blank().vocab, words=found), found, places)


def _written_out(word: str) -> Sequence[str]:
    if not (word[0].isalnum()):
        return (",",) if word in ",()" else (".",)
    if word in _NOT:
        return _NOT[word]
    base, mark, suffix = word.partition("'")
    if not mark:
        return (word,)
    if suffix == "t" and base.endswith("n"):
        return (base[:-1], "not")
    if suffix == "s" and not _OWNERS.match(base):
        return (base,)
    return (base, _SUFFIXES[suffix]) if suffix in _SUFFIXES else (base,)


class Phrases:
    """Groups of phrases, compiled."""

    def __init__(self, groups: Mapping[str, Iterable[str | Mapping[str, Any]]], lists: Mapping[str, str]) -> None:
        self._lists = {name: [w.replace("_", " ") for w in line.split()] for name, line in lists.items()}
        self._by_word: dict[str, list[_Phrase]] = {}
        for name, entries in groups.items():
            self._add(name, entries)

    def find(self, words: Words) -> list[Hit]:
        """All phrases in a text, the longest of a group from each start alone, in order of place."""
        longest: dict[tuple[str, int], int] = {}
        for phrase, start, end in self._candidates(words):
            key = phrase.name, start
            if end > longest.get(key, 0) and _stands(words.texts, start, end, phrase.guard):
                longest[key] = end
        hits = (Hit(name, start, end) for (name, start), end in longest.items())
        return sorted(hits, key=lambda hit: (hit.start, hit.name))

    def _candidates(self, words: Words) -> Iterator[tuple[_Phrase, int, int]]:
        """Each phrase that stands in a text, looked for only around its rarest word."""
        places: dict[str, list[int]] = {}
        for at, word in enumerate(words.texts):
            places.setdefault(word, []).append(at)
        for word, its_places in places.items():
            for phrase in self._by_word.get(word, ()):
                if any(need.isdisjoint(places) for need in phrase.needs):
                    continue
                for first, last in _windows(its_places, phrase.size, len(words.texts)):
                    for _, start, end in phrase.matcher(words.doc[first:last]):
                        yield phrase, first + start, first + end

    def _add(self, name: str, entries: Iterable[str | Mapping[str, Any]]) -> None:
        common = _Guard(frozenset(), frozenset())
        for entry in entries:
            given = {"say": entry} if isinstance(entry, str) else entry
            if "say" not in given:  # it holds for all phrases of the group that follow
                common = _Guard(self._listed(given.get("not_before", "")), self._listed(given.get("not_after", "")))
                continue
            before = common.before | self._listed(given.get("not_before", ""))
            after = common.after | self._listed(given.get("not_after", ""))
            matcher = Matcher(_blank().vocab)
            patterns = self._patterns(given["say"])
            matcher.add(name, patterns)
            needs = sorted(self._needs(given["say"]), key=self._commonness)
            phrase = _Phrase(name, matcher, max(map(len, patterns)), tuple(needs[1:]), _Guard(before, after))
            for word in needs[0]:
                self._by_word.setdefault(word, []).append(phrase)

    def _needs(self, phrase: str) -> Iterable[frozenset[str]]:
        """For each piece that may not be missing, the words one of which has to be there."""
        for piece in _PIECE.findall(phrase):
            if not piece.startswith("..") and not piece.endswith("?"):
                yield frozenset(name.split()[-1] for name in self._names(piece))

    @staticmethod
    def _commonness(words: frozenset[str]) -> tuple[bool, int]:
        return not words.isdisjoint(_COMMON), len(words)

    def _listed(self, line: str) -> frozenset[str]:
        parts = (self._lists[p[1:-1]] if p.startswith("{") else [p] for p in line.split())
        return frozenset(itertools.chain.from_iterable(parts))

    def _patterns(self, phrase: str) -> list[list[dict[str, Any]]]:
        choices = [self._pieces(piece) for piece in _PIECE.findall(phrase)]
        patterns = [list(itertools.chain.from_iterable(way)) for way in itertools.product(*choices)]
        if len(patterns) > _MOST:
            raise ValueError(f"{len(patterns)} patterns from one phrase: {phrase}")
        return patterns

    def _pieces(self, piece: str) -> list[list[dict[str, Any]]]:
        """The ways one piece of a phrase can be said, each as tokens."""
        if piece.startswith(".."):
            return [[{"LOWER": {"NOT_IN": sorted(_NO_GAP)}, "OP": "?"}] * int(piece[2:])]
        optional = piece.endswith("?")
        names = self._names(piece)
        single = [n for n in names if " " not in n]
        ways: list[list[dict[str, Any]]] = []
        if single:
            test = {"LOWER": single[0]} if len(single) == 1 else {"LOWER": {"IN": single}}
            ways.append([{**test, "OP": "?"} if optional else test])
        for name in names:
            if " " in name:
                ways.append([{"LOWER": word} for word in name.split()])
        if optional and not single:
            ways.append([])
        return ways

    def _names(self, piece: str) -> list[str]:
        """What a piece stands for."""
        body = piece.rstrip("?")
        given = body[1:-1].split("|") if body.startswith("(") else [body]
        if any(mark in name.strip("{}") for name in given for mark in "(){}|"):
            raise ValueError(f"brackets inside brackets: {piece}")
        return [w for n in given for w in (self._lists[n[1:-1]] if n.startswith("{") else [n])]


def _windows(places: Sequence[int], size: int, words: int) -> Iterator[tuple[int, int]]:
    """Where ``size`` words with one of the ``places`` among them can stand in a text of so many ``words``."""
    first = max(0, places[0] - size + 1)
    last = places[0] + size
    for place in places[1:]:
        if place - size + 1 >= last:
            yield first, last
            first = place - size + 1
        last = place + size
    yield first, min(last, words)


def _stands(texts: Sequence[str], start: int, end: int, guard: _Guard) -> bool:
    """Whether no word that forbids the phrase stands beside it in the same clause."""
    if guard.before:
        for text in reversed(texts[max(0, start - _BEFORE) : start]):
            if text in _CLAUSE_END:
                break
            if text in guard.before:
                return False
    if guard.after:
        for text in texts[end : end + _AFTER]:
            if text in _CLAUSE_END:
                break
            if text in guard.after:
                return False
    return True
