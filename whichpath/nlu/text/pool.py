"""A logarithmic opinion pool of two heads: one on the sentence vector, one on the n-grams.

The log-probabilities are added with a weight per head. The weights are fitted on held-out examples (`held_out.py`), so
that they reflect the accuracy of each head on new messages.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

import numpy as np

from whichpath.nlu.text.linear import LinearHead, softmax
from whichpath.nlu.text.ngrams import NgramHead, Row

#: With fewer held-out examples, the weights are the default `Weights()`.
LEAST_FRESH = 50
#: Bounds of the weights: not negative, and finite.
_BOUNDS = (0.0, 5.0)


class Weights(NamedTuple):
    """The weights of the heads; `alone`: of the vector of a part of a message, which has no n-grams."""

    dense: float = 0.7
    grams: float = 0.4
    alone: float = 1.0


@dataclass(frozen=True)
class OpinionPool:
    """The pooled classifier. Without n-grams, only the head on the vector is used.

    After `fit`, `unseen` contains the probabilities of the held-out examples (one row each, in their order) by heads
    fitted on the other examples, for fitting confidences. It is not stored.
    """

    dense: LinearHead
    grams: NgramHead | None
    weights: Weights
    unseen: np.ndarray | None = field(default=None, compare=False)

    @classmethod
    def fit(
        cls,
        vectors: np.ndarray,
        grams: Sequence[Row],
        labels: Sequence[str],
        *,
        c: float,
        balance: float,
        balances: Mapping[str, float] | None = None,
        held_out: Sequence[bool] = (),
    ) -> OpinionPool:
        """Fits both heads on all examples, and their weights on the held-out ones.

        `vectors`: one row per example; `c`, `balance`, `balances`: see :meth:`LinearHead.fit`; `held_out`: one flag
        per example.
        """
        kept = np.asarray(held_out, bool) if len(held_out) else np.zeros(len(labels), bool)
        y = np.asarray(labels)
        weights, unseen = Weights(), None
        if kept.sum() >= LEAST_FRESH and len(set(y[~kept])) > 1:
            first = cls(*_heads(vectors, grams, y, np.flatnonzero(~kept), c, balance, balances), weights)
            scores = first._scores(vectors[kept], [grams[i] for i in np.flatnonzero(kept)] if grams else [])
            weights = _weights(scores, [first.labels.index(t) if t in first.labels else -1 for t in y[kept]])
            unseen = _in_order(softmax(weights.dense * scores[0] + weights.grams * scores[1]), first.labels, set(y))
        return cls(*_heads(vectors, grams, y, np.arange(len(y)), c, balance, balances), weights, unseen)

    @property
    def labels(self) -> list[str]:
        """The labels, in the order of the probabilities."""
        return self.dense.labels

    def probabilities(self, vector: np.ndarray, grams: Row | None) -> np.ndarray:
        """The probabilities of one message, in the order of `labels`."""
        if self.grams is None or grams is None:
            return self.of_parts(vector[np.newaxis])[0]
        dense, told = self._scores(vector[np.newaxis], [grams])
        return softmax(self.weights.dense * dense + self.weights.grams * told)[0]

    def of_parts(self, vectors: np.ndarray) -> np.ndarray:
        """The probabilities of the parts of a message, one row per vector."""
        return softmax(self.weights.alone * self.dense.scores(vectors))

    def _scores(self, vectors: np.ndarray, grams: Sequence[Row]) -> tuple[np.ndarray, np.ndarray]:
        dense = self.dense.scores(vectors)
        if self.grams is None or not grams:
            return dense, np.zeros_like(dense)
        return dense, np.log(np.stack([self.grams.probabilities(row) for row in grams]) + 1e-9)

    def save(self, folder: Path, name: str) -> None:
        """Writes both heads and their weights."""
        self.dense.save(folder / f"{name}.npz")
        np.save(folder / f"{name}_weights.npy", np.array(self.weights, np.float64))
        if self.grams:
            self.grams.save(folder / f"{name}_ngrams.npz")

    @classmethod
    def load(cls, folder: Path, name: str) -> OpinionPool:
        """Reads what `save` wrote."""
        path = folder / f"{name}_ngrams.npz"
        weights = Weights(*np.load(folder / f"{name}_weights.npy", allow_pickle=False).tolist())
        return cls(LinearHead.load(folder / f"{name}.npz"), NgramHead.load(path) if path.is_file() else None, weights)


def _heads(
    vectors: np.ndarray,
    grams: Sequence[Row],
    y: np.ndarray,
    rows: np.ndarray,
    c: float,
    balance: float,
    balances: Mapping[str, float] | None,
) -> tuple[LinearHead, NgramHead | None]:
    dense = LinearHead.fit(vectors[rows], y[rows], c=c, balance=balance, balances=balances)
    if not grams or len(dense.labels) < 2:
        return dense, None
    size = 1 + max(int(row.indices.max(initial=0)) for row in grams)
    return dense, NgramHead.fit([grams[i] for i in rows], y[rows], size=size, balanced=balance > 0)


def _weights(scores: tuple[np.ndarray, np.ndarray], truth: Sequence[int]) -> Weights:
    """The weights of maximum likelihood; labels that occur only in held-out examples are ignored."""
    from scipy.optimize import minimize

    known = np.array([i for i, label in enumerate(truth) if label >= 0])
    target = np.asarray(truth)[known]
    dense, grams = scores[0][known], scores[1][known]

    def loss(pair: np.ndarray) -> float:
        found = softmax(pair[0] * dense + pair[1] * grams)
        return float(-np.log(found[np.arange(len(target)), target] + 1e-9).mean())

    both = minimize(loss, np.array(Weights()[:2]), bounds=[_BOUNDS] * 2, method="Nelder-Mead").x
    alone = minimize(lambda one: loss(np.array([one[0], 0.0])), [1.0], bounds=[_BOUNDS], method="Nelder-Mead").x
    return Weights(float(both[0]), float(both[1]) if scores[1].any() else 0.0, float(alone[0]))


def _in_order(found: np.ndarray, labels: Sequence[str], every: set[str]) -> np.ndarray:
    """`found` with a column for every label, including those that occur only in held-out examples."""
    names = sorted(every)
    rows = np.zeros((len(found), len(names)))
    rows[:, [names.index(label) for label in labels]] = found
    return rows
