"""Splits a long message into parts that each make one statement."""

from __future__ import annotations

import re
from typing import NamedTuple

#: Ends of sentences as people type them: including line breaks, excluding abbreviations such as "vs.".
_END = re.compile(r"(?<!\bvs)(?<!\bMr)(?<!\bMs)(?<!\bDr)(?<!\bSt)(?<!\bNo)[.!?]+[\"')\]]*(?=\s)|[;\n]+", re.IGNORECASE)
#: Words that often start a new statement in texts without full stops.
_RUN_ON = re.compile(
    r"\s+(?=(?:and|but|so|also|now|then|because|what|how|can|do|does|is)\s+(?:i|he|she|they|we|my|if|it|the|that|do|can|to)\b)",
    re.IGNORECASE,
)
#: Between consecutive questions: a comma or "and".
_QUESTION = re.compile(
    r"(?:\s*,\s*(?:(?:and|or|also|plus|but)\s+)?|\s+(?:and|or|also|plus|but)\s+)(?:also\s+|then\s+)?"
    r"(?=(?:can|could|do|does|did|will|would|should|am|is|are|how|what|whats|when|where|who|why|which)\s+"
    r"(?:i|i'm|he|she|they|we|my|it|this|that|the|there|his|her|a|to|do|does|can|could|should|would|will|if|is|are|"
    r"about|happens?|long|much|many|kind|form)\b)",
    re.IGNORECASE,
)
_MIN_WORDS = 3
_LONG_WORDS = 28


class Sentence(NamedTuple):
    """A part of a message, and its place in it."""

    text: str
    start: int
    end: int


def split(text: str) -> list[Sentence]:
    """Returns the parts of `text` in order; a fragment is joined to the part before it."""
    parts: list[tuple[int, int]] = []
    sentences = _cut(text, 0, len(text), _END)
    for start, end in (part for a, b in sentences for part in _join_short(text, _cut(text, a, b, _QUESTION))):
        if len(text[start:end].split()) > _LONG_WORDS:
            parts.extend(_join_short(text, _cut(text, start, end, _RUN_ON)))
        else:
            parts.append((start, end))
    return [Sentence(text[a:b], a, b) for a, b in _join_short(text, parts)]


def _cut(text: str, start: int, end: int, where: re.Pattern[str]) -> list[tuple[int, int]]:
    spans, at = [], start
    for match in where.finditer(text, start, end):
        spans.append((at, match.end()))
        at = match.end()
    spans.append((at, end))
    stripped = ((a + len(text[a:b]) - len(text[a:b].lstrip()), a + len(text[a:b].rstrip())) for a, b in spans)
    return [(a, b) for a, b in stripped if a < b]


def _join_short(text: str, spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    joined: list[tuple[int, int]] = []
    for a, b in spans:
        if joined and (len(text[a:b].split()) < _MIN_WORDS or len(text[slice(*joined[-1])].split()) < _MIN_WORDS):
            joined[-1] = (joined[-1][0], b)
        else:
            joined.append((a, b))
    return joined
