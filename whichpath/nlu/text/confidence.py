"""How often a claim is right: Platt's scaling of what a head says, measured on examples that the encoder never saw."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from whichpath.nlu.text.pool import LEAST_FRESH

UNCLEAR = "unclear"


@dataclass(frozen=True)
class Confidence:
    """The weights of two questions, as log-odds: is the fact told at all, and if so, which value is it."""

    told: float = 1.0
    which: float = 1.0
    bias: float = 0.0

    @classmethod
    def fit(cls, found: np.ndarray, labels: Sequence[str], truth: Sequence[str]) -> Confidence:
        """Learns from `found` (one row of probabilities a message, columns in the order of `labels`) and the truth.

        A claim where nothing is told counts as wrong. Too few messages, or none wrong, leave the weights as they are.
        """
        from sklearn.linear_model import LogisticRegression

        read = [_best(row, labels) for row in found]
        right = [value == told for (value, *_), told in zip(read, truth, strict=True)]
        if len(right) < LEAST_FRESH or len(set(right)) < 2:
            return cls()
        model = LogisticRegression(C=10.0).fit([row[1:] for row in read], right)
        told, which = model.coef_[0]
        return cls(float(told), float(which), float(model.intercept_[0]))

    def claim(self, row: np.ndarray, labels: Sequence[str]) -> tuple[str, float]:
        """The likeliest value that is not `unclear`, and how likely it is right (0 to 1)."""
        value, told, which = _best(row, labels)
        return value, float(1 / (1 + np.exp(-(self.told * told + self.which * which + self.bias))))

    def save(self, path: Path) -> None:
        """Writes the weights as a plain array."""
        np.save(path, np.array([self.told, self.which, self.bias]))

    @classmethod
    def load(cls, path: Path) -> Confidence:
        """Reads what `save` wrote."""
        return cls(*np.load(path, allow_pickle=False).tolist())


def _best(row: np.ndarray, labels: Sequence[str]) -> tuple[str, float, float]:
    """The likeliest value that is not `unclear`, with the log-odds of the two questions."""
    named = [(p, label) for p, label in zip(row, labels, strict=True) if label != UNCLEAR]
    best, value = max(named, default=(0.0, UNCLEAR))
    told = sum(p for p, _ in named)
    return value, _log_odds(float(told)), _log_odds(float(best / max(told, 1e-9)))


def _log_odds(p: float) -> float:
    inside = min(max(p, 1e-6), 1 - 1e-6)
    return float(np.log(inside / (1 - inside)))
