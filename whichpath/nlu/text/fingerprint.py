"""Fingerprints of files that a trained component depends on besides its source, for Rasa's training cache."""

from __future__ import annotations

import hashlib
from pathlib import Path

_HERE = Path(__file__).parents[1]


def of(*paths: str | Path) -> str:
    """The SHA-256 of files; paths are relative to ``whichpath/nlu``."""
    total = hashlib.sha256()
    for path in paths:
        total.update((_HERE / path).read_bytes())
    return total.hexdigest()
