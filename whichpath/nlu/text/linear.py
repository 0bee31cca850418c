"""A linear classifier: fitted with scikit-learn, run with numpy, stored without pickle."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np


@dataclass(frozen=True)
class LinearHead:
    """A linear layer with one weight column per label; `probabilities` applies softmax."""

    labels: list[str]
    weights: np.ndarray
    bias: np.ndarray

    @classmethod
    def fit(
        cls,
        features: np.ndarray,
        labels: Sequence[str],
        *,
        c: float = 10.0,
        balance: float = 0.5,
        balances: Mapping[str, float] | None = None,
        rounds: int = 60,
    ) -> LinearHead:
        """Fits logistic regression.

        `c`: inverse regularisation strength; `balance`: 0 weights all examples equally, 1 all labels equally;
        `balances`: the same for single labels.

        A small number of `rounds` is early stopping, against overfitting.
        """
        from sklearn.exceptions import ConvergenceWarning
        from sklearn.linear_model import LogisticRegression

        y = np.asarray(labels)
        names, sizes = np.unique(y, return_counts=True)
        if len(names) == 1:
            return cls([str(names[0])], np.zeros((features.shape[1], 1), np.float32), np.zeros(1, np.float32))
        own = balances or {}
        weight_of = {
            n: (len(y) / (len(names) * s)) ** own.get(str(n), balance) for n, s in zip(names, sizes, strict=True)
        }
        sample = np.array([weight_of[label] for label in y])
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)
            model = LogisticRegression(C=c, max_iter=rounds, tol=1e-3).fit(features, y, sample_weight=sample)
        weights, bias = model.coef_.T, model.intercept_
        if len(names) == 2:  # scikit-learn has one column for two classes
            weights, bias = np.hstack([-weights / 2, weights / 2]), np.array([-bias[0] / 2, bias[0] / 2])
        return cls([str(n) for n in names], np.ascontiguousarray(weights, np.float32), bias.astype(np.float32))

    def scores(self, features: np.ndarray) -> np.ndarray:
        """Logits, one row per row of features, columns in the order of `labels`."""
        return features @ self.weights + self.bias

    def probabilities(self, features: np.ndarray) -> np.ndarray:
        """Probabilities, one row per row of features, columns in the order of `labels`."""
        return softmax(self.scores(features))

    def save(self, path: Path) -> None:
        """Writes the head as arrays."""
        np.savez(path, labels=np.array(self.labels, dtype=np.str_), weights=self.weights, bias=self.bias)

    @classmethod
    def load(cls, path: Path) -> LinearHead:
        """Reads a head with `allow_pickle` off, so that a model file cannot run code."""
        with np.load(path, allow_pickle=False) as data:
            return cls([str(n) for n in data["labels"]], data["weights"], data["bias"])


def softmax(scores: np.ndarray) -> np.ndarray:
    """Softmax of each row, without overflow."""
    shifted = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return shifted / shifted.sum(axis=-1, keepdims=True)
