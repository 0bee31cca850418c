"""Confidence of claims: Platt scaling of a head's probabilities, fitted on held-out examples."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from whichpath.nlu.text.pool import LEAST_FRESH

UNCLEAR = "unclear"


@dataclass(frozen=True)
class Confidence:
    """The scaling weights for two log-odds: whether the message gives the fact at all, and which value it gives."""

    told: float = 1.0
    which: float = 1.0
    bias: float = 0.0

    @classmethod
    def fit(cls, found: np.ndarray, labels: Sequence[str], truth: Sequence[str]) -> Confidence:
        """Fits the weights. `found`: probabilities, one row per message, columns as in `labels`; `truth`: right labels.

        A claim about a message that does not give the fact counts as wrong. With too few messages, or none wrong, the
        weights keep their defaults.
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
        """The likeliest value that is not `unclear`, and the probability that it is right (0 to 1)."""
        value, told, which = _best(row, labels)
        return value, float(1 / (1 + np.exp(-(self.told * told + self.which * which + self.bias))))

    def save(self, path: Path) -> None:
        """Writes the weights as an array."""
        np.save(path, np.array([self.told, self.which, self.bias]))

    @classmethod
    def load(cls, path: Path) -> Confidence:
        """Reads what `save` wrote."""
        return cls(*np.load(path, allow_pickle=False).tolist())


def _best(row: np.ndarray, labels: Sequence[str]) -> tuple[str, float, float]:
    """The likeliest value that is not `unclear`, with the two log-odds."""
    named = [(p, label) for p, label in zip(row, labels, strict=True) if label != UNCLEAR]
    best, value = max(named, default=(0.0, UNCLEAR))
    told = sum(p for p, _ in named)
    return value, _log_odds(float(told)), _log_odds(float(best / max(told, 1e-9)))


def _log_odds(p: float) -> float:
    inside = min(max(p, 1e-6), 1 - 1e-6)
    return float(np.log(inside / (1 - inside)))
