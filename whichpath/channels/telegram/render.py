"""Pieces of Telegram messages: texts cut to their limit, choices as buttons, one a row."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from functools import lru_cache

from whichpath.channels.guards.payloads import as_issued, issued
from whichpath.channels.output import Message

#: Characters of a message, counted in UTF-16 units as Telegram does.
LIMIT = 4096
TITLE_LIMIT = 60
Keyboard = list[list[dict[str, str]]]


def token(payload: str) -> str:
    """The data of a button: short, and not forgeable."""
    return "p:" + hashlib.sha256(payload.encode()).hexdigest()[:24]


@lru_cache(maxsize=1)
def _payloads() -> dict[str, str]:
    return {token(payload): payload for payload in issued()}


def payload_of(data: str) -> str | None:
    """The payload behind a pressed button; ``None`` where there is no such button."""
    return _payloads().get(data)


def length(text: str) -> int:
    """Characters as Telegram counts them."""
    return len(text.encode("utf-16-le")) // 2


def split(text: str, limit: int = LIMIT) -> list[str]:
    """``text`` in pieces of at most ``limit``, cut at paragraphs, then lines, then words."""
    pieces = [text.strip()]
    for separator in ("\n\n", "\n", " "):
        pieces = [part for piece in pieces for part in _cut(piece, separator, limit)]
    return [part for piece in pieces for part in _hard(piece, limit) if part]


def _cut(piece: str, separator: str, limit: int) -> list[str]:
    if length(piece) <= limit:
        return [piece]
    parts: list[str] = []
    for unit in piece.split(separator):
        if parts and length(parts[-1]) + len(separator) + length(unit) <= limit:
            parts[-1] += separator + unit
        else:
            parts.append(unit)
    return [part.strip() for part in parts]


def _hard(piece: str, limit: int) -> list[str]:
    """Splits a word longer than a message. Half the limit fits even if every character counts twice."""
    if length(piece) <= limit:
        return [piece]
    return [piece[i : i + limit // 2] for i in range(0, len(piece), limit // 2)]


def keyboard(messages: Sequence[Message]) -> Keyboard:
    """The choices of the turn, those of the last message first, none twice."""
    rows: dict[str, str] = {}
    for message in reversed(messages):
        for button in message.get("buttons") or ():
            payload = as_issued(button["payload"])
            if payload is not None:
                rows.setdefault(payload, button["title"][:TITLE_LIMIT])
    return [[{"text": title, "callback_data": token(payload)}] for payload, title in rows.items()]
