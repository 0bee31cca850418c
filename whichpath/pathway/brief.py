"""What of an answer stands before its folds: at most 90 words, so that a turn fits the screen of a phone.

The whole answer stays in the message; this says which part of it is seen at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from whichpath.library.entries import words

#: Words before the folds, title and small headings counted.
WORDS = 90
#: Of the line with the day in court, and of the heading above the steps.
DAY_WORDS, HEADING_WORDS = 7, 2


def brief(
    title: str, answer: str, steps: Sequence[str], local: str = "", short: str = "", room: int = WORDS
) -> dict[str, Any]:
    """The answer, the line of the state (whole, short, or folded) and the number of steps that are seen at once.

    A first step is worth more than a state's long line: that one is told short then, and stands whole in a fold.
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
