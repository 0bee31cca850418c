"""The GSM-7 character set of text messages: conversion and length as the networks count it."""

from __future__ import annotations

import unicodedata

#: The basic character set of GSM 03.38 plus its extension table (3GPP TS 23.038, section 6.2.1).
GSM7 = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡"
    "ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà^{}\\[~]|€"
)

#: Each of these counts as two characters.
_EXTENDED = frozenset("^{}\\[~]|€")
_LIKE = str.maketrans(
    {
        "‘": "'", "’": "'", "‚": "'", "‛": "'", "´": "'", "`": "'", "′": "'",
        "“": '"', "”": '"', "„": '"', "«": '"', "»": '"', "″": '"',
        "–": "-", "—": "-", "−": "-", "‐": "-", "‑": "-", "•": "-", "·": "-", "…": "...",
        "\u00a0": " ", "\u202f": " ", "\u2009": " ", "\t": " ", "\r": "",
        "×": "x", "½": "1/2", "¼": "1/4", "¾": "3/4", "→": "->", "≤": "<=", "≥": ">=", "≠": "not ",
        "©": "(c)", "®": "(r)", "™": "", "°": " deg", "¢": "c", "ß": "ss", "ł": "l", "Ł": "L", "đ": "d",
        "œ": "oe", "Œ": "OE", "ø": "o", "Ø": "O", "¶": "", "✓": "-", "☎": "",
    }
)  # fmt: skip


def to_gsm7(text: str) -> str:
    """``text`` in GSM-7: other letters become their base letter, other signs the nearest one; the rest is dropped."""
    plain = []
    for char in unicodedata.normalize("NFC", text).translate(_LIKE):
        if char in GSM7:
            plain.append(char)
            continue
        base = unicodedata.normalize("NFKD", char)
        plain.extend(c for c in base if c in GSM7 and not unicodedata.combining(c))
    return "".join(plain)


def is_gsm7(text: str) -> bool:
    """Whether every character of ``text`` is in GSM-7."""
    return all(char in GSM7 for char in text)


def size(text: str) -> int:
    """The length in characters as the networks count them."""
    return len(text) + sum(char in _EXTENDED for char in text)
