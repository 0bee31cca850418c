"""What a trained part depends on beside its own source: Rasa's training cache has to know it, too."""

from __future__ import annotations

import hashlib
from pathlib import Path

_HERE = Path(__file__).parents[1]


def of(*paths: str | Path) -> str:
    """SHA-256 over files; names are relative to ``whichpath/nlu``."""
    total = hashlib.sha256()
    for path in paths:
        total.update((_HERE / path).read_bytes())
    return total.hexdigest()
