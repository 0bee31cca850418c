"""Joins texts that a phone or carrier has split: the parts arrive as messages within a second or two.

Twilio joins standard concatenated messages (``NumSegments``). Old phones and gateways split at 160 characters without a
header, or put ``(1/2)`` in front.
"""

from __future__ import annotations

import re

from whichpath.library.gsm7 import is_gsm7, size

#: Seconds to wait for the next part.
HOLD = 3.0
#: In brackets, or with "of": "1/2 is my hearing" is a date.
_MARK = re.compile(r"^\s*(?:[(\[](\d)\s?(?:/|of)\s?(\d)[)\]]|(\d)\s?of\s?(\d)\b)[:.)]?\s*(.*)$", re.S | re.I)
#: Lengths at which an unmarked split may occur, in characters of GSM-7 and of UCS-2, and near Twilio's own limit.
_GSM7, _UCS2, _LONGEST = range(150, 161), range(67, 71), 1500
_FINISHED = (".", "?", "!", "…", '"', ")", "”")

Pieces = list[list[object]]


def pieces_of(text: str, segments: str = "1") -> tuple[Pieces | None, str, float]:
    """Whether ``text`` is a piece: its number (if given) and text; the text; seconds to wait for the next part."""
    mark = _MARK.match(text)
    if mark is not None:
        number, total = int(mark[1] or mark[3]), int(mark[2] or mark[4])
        if 1 <= number <= total >= 2:
            return [[number, mark[5]]], mark[5], HOLD
    length = size(text) if is_gsm7(text) else len(text)
    at_a_limit = length in (_GSM7 if is_gsm7(text) else _UCS2) and segments in ("", "0", "1")
    if (at_a_limit or length >= _LONGEST) and not text.rstrip().endswith(_FINISHED):
        return [[None, text]], text, HOLD
    return None, text, 0.0
