"""Which training examples the sentence encoder never sees when it is tuned: one in eight, by a checksum of the text.

What the heads say about these is as true or false as about a new message. About the others they are too sure, because
the encoder was tuned to tell them apart. So confidences and shares are found on these alone.
"""

from __future__ import annotations

import zlib

ONE_IN = 8


def is_fresh(text: str) -> bool:
    """Whether the encoder is kept from this example."""
    return zlib.crc32(text.strip().encode()) % ONE_IN == 0
