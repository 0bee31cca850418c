"""Which training examples the sentence encoder never saw when it was tuned: those not in `weights/tuned_on.txt`.

What the heads say about these is as true or false as about a new message. About the others they are too sure, because
the encoder was tuned to tell them apart. So confidences and weights are found on these alone. Tuning leaves one example
in eight out; every example that is written later is held out until the encoder is tuned anew.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

FILE = Path(__file__).parent / "weights" / "tuned_on.txt"
_ONE_IN = 8


def _checksum(text: str) -> int:
    return zlib.crc32(text.strip().encode())


def kept_out(text: str) -> bool:
    """Whether tuning leaves this example out."""
    return _checksum(text) % _ONE_IN == 0


def is_held_out(text: str) -> bool:
    """Whether the encoder in `weights/` was not tuned on this example."""
    return _checksum(text) not in _tuned_on()


def write(texts: Iterable[str], path: Path = FILE) -> None:
    """Writes down what an encoder was tuned on, as checksums."""
    path.write_text("".join(f"{c:08x}\n" for c in sorted({_checksum(t) for t in texts})), encoding="utf-8")


@lru_cache(maxsize=1)
def _tuned_on() -> frozenset[int]:
    return frozenset(int(line, 16) for line in FILE.read_text(encoding="utf-8").split())
