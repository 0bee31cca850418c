"""How likely a message tells of danger: a prediction of its own beside the topic.

A message may be both ("how do I drop it, he has a gun"). Among forty topics danger would have to outweigh the question
that stands beside it; here it only has to be there.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from whichpath.nlu.text.ngrams import Row
from whichpath.nlu.text.pool import OpinionPool

DANGER, SELF_HARM, SAFE = "danger", "self_harm", "safe"
DEFAULTS: dict[str, Any] = {"C": 3.0, "balance": 0.5}


class Likely(NamedTuple):
    """What kind of danger is likelier, and how likely any is (0 to 1): in all, and in the sentence that tells most."""

    kind: str
    likelihood: float
    loudest: float = 0.0


def danger_of(intent: str, situation: Mapping[str, str]) -> str:
    """What a training example teaches: its own label, else its intent where that is danger, else that all is safe."""
    return situation.get("danger") or (intent if intent in (DANGER, SELF_HARM) else SAFE)


class DangerModel:
    """The classifier without Rasa around it."""

    def __init__(self, head: OpinionPool) -> None:
        self.head = head

    @classmethod
    def fit(
        cls,
        vectors: np.ndarray,
        grams: Sequence[Row],
        labels: Sequence[str],
        settings: Mapping[str, Any],
        held_out: Sequence[bool] = (),
    ) -> DangerModel:
        """Learns from sentence vectors (one row per text) and n-grams; `held_out`: which the encoder never saw."""
        own = {**DEFAULTS, **settings}
        return cls(OpinionPool.fit(vectors, grams, labels, c=own["C"], balance=own["balance"], held_out=held_out))

    def read(self, vector: np.ndarray, grams: Row | None, parts: np.ndarray | None = None) -> Likely:
        """Reads one text; `parts` are the vectors of its sentences (one a row), where it has several."""
        by_name = dict(zip(self.head.labels, self.head.probabilities(vector, grams), strict=True))
        kind = max((DANGER, SELF_HARM), key=lambda name: by_name.get(name, 0.0))
        loudest = 0.0
        if parts is not None and len(parts) and SAFE in by_name:
            loudest = float(1.0 - self.head.of_parts(parts)[:, self.head.labels.index(SAFE)].min())
        return Likely(kind, float(1.0 - by_name[SAFE]) if SAFE in by_name else 1.0, loudest)

    def save(self, folder: Path) -> None:
        """Writes the head as plain arrays."""
        self.head.save(folder, "danger")

    @classmethod
    def load(cls, folder: Path) -> DangerModel:
        """Reads what `save` wrote."""
        return cls(OpinionPool.load(folder, "danger"))
