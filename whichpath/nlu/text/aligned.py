"""A text after replacements, with a mapping of its offsets to the original."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable


class Aligned:
    """A rewritten text. `original` maps its offsets back to the text that it was made from."""

    def __init__(
        self, text: str, edits: tuple[tuple[int, int, int, int], ...] = (), source: Aligned | None = None
    ) -> None:
        self.text = text
        self._edits = edits
        self._starts = [edit[0] for edit in edits]
        self._source = source

    def rewritten(self, pattern: re.Pattern[str], replace: Callable[[re.Match[str]], str]) -> Aligned:
        """The text with each match of ``pattern`` replaced."""
        parts: list[str] = []
        edits: list[tuple[int, int, int, int]] = []
        at = length = 0
        for match in pattern.finditer(self.text):
            new = replace(match)
            start, end = match.span()
            if new == match.group():
                continue
            kept = self.text[at:start]
            parts += (kept, new)
            length += len(kept)
            edits.append((length, length + len(new), start, end))
            length += len(new)
            at = end
        if not edits:
            return self
        return Aligned("".join([*parts, self.text[at:]]), tuple(edits), self)

    def original(self, start: int, end: int) -> tuple[int, int]:
        """The span in the original of the characters from ``start`` to ``end``."""
        if self._source is None:
            return start, end
        return self._source.original(self._place(start, first=True), self._place(end, first=False))

    def _place(self, at: int, *, first: bool) -> int:
        # The end of a span belongs to the character before it.
        nearest = bisect_right(self._starts, at if first else at - 1) - 1
        if nearest < 0:
            return at
        start, end, old_start, old_end = self._edits[nearest]
        if first:
            return old_start if start <= at < end else at - end + old_end
        return old_end if start < at <= end else at - end + old_end
