"""A linear classifier: scikit-learn fits it, numpy runs it, no pickle is stored."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np


@dataclass(frozen=True)
class LinearHead:
    """Labels with one weight column each; `probabilities` is a softmax over them."""

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
        rounds: int = 60,
    ) -> LinearHead:
        """Fits logistic regression. `balance` 0 counts every example once, 1 counts every label the same.

        Few `rounds` of the solver stop early, before the head knows its examples better than new ones.
        """
        from sklearn.exceptions import ConvergenceWarning
        from sklearn.linear_model import LogisticRegression

        y = np.asarray(labels)
        names, sizes = np.unique(y, return_counts=True)
        if len(names) == 1:
            return cls([str(names[0])], np.zeros((features.shape[1], 1), np.float32), np.zeros(1, np.float32))
        weight_of = {n: (len(y) / (len(names) * s)) ** balance for n, s in zip(names, sizes, strict=True)}

        sample = np.array([weight_of[label] for label in y])
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)
            model = LogisticRegression(C=c, max_iter=rounds, tol=1e-3).fit(features, y, sample_weight=sample)
        weights, bias = model.coef_.T, model.intercept_
        if len(names) == 2:  # scikit-learn keeps one column for two classes
            weights, bias = np.hstack([-weights / 2, weights / 2]), np.array([-bias[0] / 2, bias[0] / 2])
        return cls([str(n) for n in names], np.ascontiguousarray(weights, np.float32), bias.astype(np.float32))

    def scores(self, features: np.ndarray) -> np.ndarray:
        """One row of scores per row of features, in the order of `labels`; their softmax is the probabilities."""
        return features @ self.weights + self.bias

    def probabilities(self, features: np.ndarray) -> np.ndarray:
        """One row of probabilities per row of features, in the order of `labels`."""
        return softmax(self.scores(features))

    def save(self, path: Path) -> None:
        """Writes the head as plain arrays."""
        np.savez(path, labels=np.array(self.labels, dtype=np.str_), weights=self.weights, bias=self.bias)

    @classmethod
    def load(cls, path: Path) -> LinearHead:
        """Reads a head; `allow_pickle` stays off, so a model file cannot run code."""
        with np.load(path, allow_pickle=False) as data:
            return cls([str(n) for n in data["labels"]], data["weights"], data["bias"])


def softmax(scores: np.ndarray) -> np.ndarray:
    """Row-wise softmax that does not overflow."""
    shifted = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return shifted / shifted.sum(axis=-1, keepdims=True)
