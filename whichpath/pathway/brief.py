"""Decides what of an answer is shown before its folds: at most 90 words, so that a turn fits a phone's screen.

The message always contains the whole answer.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from whichpath.library.entries import words

#: Most words before the folds, title and headings included.
WORDS = 90
#: Words of the line with the day in court, and of the heading of the steps.
DAY_WORDS, HEADING_WORDS = 7, 2


def brief(
    title: str, answer: str, steps: Sequence[str], local: str = "", short: str = "", room: int = WORDS
) -> dict[str, Any]:
    """The answer, the state's line (full, short, or folded) and the number of steps that are shown at once.

    The first step has priority over a state's long line, which is then shortened, with the full line in a fold.
    """
    left = room - words(title) - words(answer)
    first = HEADING_WORDS + words(steps[0]) if steps else 0
    fitting = next((line for line in (local, short) if words(line) + first <= left), "")
    left -= words(fitting) + HEADING_WORDS
    seen = 0
    for step in steps:
        left -= words(step)
        if left < 0 and seen:
            break
        seen += 1
    return {"answer": answer, "local": fitting or None, "steps": seen}
