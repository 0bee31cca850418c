"""Adds typing mistakes and abbreviations to training texts, so that the tuned encoder is robust to them."""

from __future__ import annotations

import re

import numpy as np

_TEXTING = {
    "you": "u", "your": "ur", "are": "r", "please": "pls", "because": "bc", "restraining order": "RO", "before": "b4",
    "boyfriend": "bf", "girlfriend": "gf", "with": "w", "want to": "wanna", "going to": "gonna", "and": "n", "my": "mi",
    "tomorrow": "tmrw", "against": "agaisnt", "restraining": "restraing", "protective": "protectve", "really": "rly",
    "about": "abt", "though": "tho", "know": "kno", "what": "wat", "someone": "sum1", "to": "2", "for": "4",
}  # fmt: skip
_PUNCTUATION = re.compile(r"[.,;:!?'\"]+")


def noisy(text: str, random: np.random.Generator) -> str:
    """A random variant of ``text`` as typed on a phone, with the same meaning."""
    if random.random() < 0.5:
        text = _PUNCTUATION.sub("", text)
    if random.random() < 0.4:
        for word, short in _TEXTING.items():
            if random.random() < 0.5:
                text = re.sub(rf"\b{word}\b", short, text, flags=re.IGNORECASE)
    if random.random() < 0.7:
        text = " ".join(_slip(word, random) if random.random() < 0.08 else word for word in text.split())
    return text or "?"


def _slip(word: str, random: np.random.Generator) -> str:
    """The word with one letter lost, doubled or swapped. Short words are kept: a change may alter their meaning."""
    if len(word) < 5:
        return word
    at = int(random.integers(1, len(word) - 1))
    kind = random.integers(3)
    if kind == 0:
        return word[:at] + word[at + 1 :]
    if kind == 1:
        return word[:at] + word[at] + word[at:]
    return word[:at] + word[at + 1] + word[at] + word[at + 2 :]
