"""Patterns that tell who asked for an order, against whom, and how far it has come.

An encoder puts "I filed on him" and "he filed on me" side by side; these cues keep them apart.
Each is one column beside the sentence vector. They are hints with a learned weight, never rules.
The patterns stand in `cues.yml`.
"""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np

from whichpath.library.files import read_yaml
from whichpath.nlu.text import neutral

FILE = Path(__file__).with_name("cues.yml")
_MACRO = re.compile(r"\{([A-Z]+)\}")


def _read() -> tuple[dict[str, str], dict[str, re.Pattern[str]]]:
    raw = read_yaml(FILE)
    macros: dict[str, str] = {}

    def filled(pattern: str) -> str:
        return _MACRO.sub(lambda match: macros[match.group(1)], pattern)

    for name, value in raw["macros"].items():  # a macro may use those above it
        macros[name] = filled(value if isinstance(value, str) else f"(?:{'|'.join(value)})")
    # Written for either gender, read in texts that know one form for both.
    cues = {
        name: re.compile(neutral.canonical_pattern("|".join(map(filled, lines))), re.IGNORECASE)
        for name, lines in raw["cues"].items()
    }
    return macros, cues


_MACROS, _CUES = _read()
#: Any name that people give an order.
ORDER = _MACROS["ORDER"]
NAMES: tuple[str, ...] = tuple(_CUES)


def tidy(text: str) -> str:
    """Straight quotes and single spaces, so that one pattern fits all keyboards. Keeps the length."""
    return text.replace("’", "'").replace("‘", "'").replace("`", "'").replace("\n", " ").replace("\t", " ")


def vector(text: str) -> np.ndarray:
    """One number per cue: 0 where it is not there, 1 where it is. ``text`` is mended (`Encoder.mend`)."""
    plain = tidy(text)
    return np.array([bool(pattern.search(plain)) for pattern in _CUES.values()], np.float32)


def span(text: str, names: tuple[str, ...]) -> tuple[int, int]:
    """Where the first of the named cues stands; the whole text where none does."""
    plain = neutral.aligned(tidy(text))
    for name in names:
        if match := _CUES[name].search(plain.text):
            return plain.original(match.start(), match.end())
    return 0, len(text)
