"""Held-out training examples: those that the sentence encoder was not tuned on (not in `weights/tuned_on.txt`).

On these, the heads are as accurate as on new messages; on the others they are overconfident, because the encoder was
tuned to separate them. So confidences and weights are fitted on held-out examples only. Tuning excludes one example in
eight; every later example is held out until the encoder is tuned again.
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
    """Whether tuning excludes this example (by its checksum)."""
    return _checksum(text) % _ONE_IN == 0


def is_held_out(text: str) -> bool:
    """Whether the encoder in `weights/` was not tuned on this example."""
    return _checksum(text) not in _tuned_on()


def write(texts: Iterable[str], path: Path = FILE) -> None:
    """Writes the checksums of the examples that an encoder was tuned on."""
    path.write_text("".join(f"{c:08x}\n" for c in sorted({_checksum(t) for t in texts})), encoding="utf-8")


@lru_cache(maxsize=1)
def _tuned_on() -> frozenset[int]:
    return frozenset(int(line, 16) for line in FILE.read_text(encoding="utf-8").split())
