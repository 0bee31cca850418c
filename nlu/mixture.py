"""Two heads for one question, mixed: one reads the sentence vector, the other the n-grams."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from nlu.linear import LinearHead
from nlu.ngrams import NgramHead, Row


@dataclass(frozen=True)
class Mixture:
    """`share` is how much the n-grams count; without n-grams the vector decides alone."""

    dense: LinearHead
    grams: NgramHead | None
    share: float

    @classmethod
    def fit(
        cls,
        vectors: np.ndarray,
        grams: Sequence[Row],
        labels: Sequence[str],
        *,
        c: float,
        balance: float,
        share: float,
    ) -> Mixture:
        """Fits both heads on the same examples."""
        dense = LinearHead.fit(vectors, labels, c=c, balance=balance)
        if not grams or not share or len(dense.labels) < 2:
            return cls(dense, None, share)
        size = 1 + max(int(row.indices.max(initial=0)) for row in grams)
        return cls(dense, NgramHead.fit(grams, labels, size=size, balanced=balance > 0), share)

    @property
    def labels(self) -> list[str]:
        """The labels, in the order of the probabilities."""
        return self.dense.labels

    def probabilities(self, vector: np.ndarray, grams: Row | None) -> np.ndarray:
        """The probabilities of one message."""
        found = self.dense.probabilities(vector[np.newaxis])[0]
        if self.grams is None or grams is None:
            return found
        return (1 - self.share) * found + self.share * self.grams.probabilities(grams)

    def ranking(self, vector: np.ndarray, grams: Row | None) -> list[tuple[str, float]]:
        """The labels of one message, likeliest first."""
        row = self.probabilities(vector, grams)
        return [(self.labels[i], float(row[i])) for i in np.argsort(-row)]

    def save(self, folder: Path, name: str) -> None:
        """Writes both heads."""
        self.dense.save(folder / f"{name}.npz")
        if self.grams:
            self.grams.save(folder / f"{name}_ngrams.npz")

    @classmethod
    def load(cls, folder: Path, name: str, share: float) -> Mixture:
        """Reads what `save` wrote."""
        path = folder / f"{name}_ngrams.npz"
        return cls(LinearHead.load(folder / f"{name}.npz"), NgramHead.load(path) if path.is_file() else None, share)
