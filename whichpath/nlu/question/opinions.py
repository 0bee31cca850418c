"""Two of the opinions on which question a message asks: its nearest example, and its words."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from scipy import sparse

from whichpath.nlu.text.linear import softmax
from whichpath.nlu.text.ngrams import Row

#: Similarity counts by e^(similarity / TEMPERATURE).
TEMPERATURE = 0.05
#: Numbers kept of an example. All 384 are right no more often, and take eight times the memory.
DIRECTIONS = 48
SMOOTHING = 0.01
#: The similarity of a message that is an example word for word.
SAME = 0.99


class Nearest:
    """How near the nearest example of each label is, by the directions in which the examples differ most."""

    def __init__(self, vectors: np.ndarray, owners: np.ndarray, size: int, basis: np.ndarray) -> None:
        self._owners = owners.astype(np.int32)
        self._size, self._basis = size, basis.astype(np.float32)
        # Examples stand grouped by label, so that one pass finds the best of each.
        self._starts = np.flatnonzero(np.r_[True, np.diff(self._owners) != 0])
        self._vectors = vectors.astype(np.float32)

    @classmethod
    def fit(cls, vectors: np.ndarray, labels: Sequence[str], names: Sequence[str]) -> Nearest:
        """Keeps every example, grouped by label, with :data:`DIRECTIONS` numbers each."""
        index = {name: i for i, name in enumerate(names)}
        owners = np.array([index[label] for label in labels])
        order = np.argsort(owners, kind="stable")
        values, directions = np.linalg.eigh(vectors.T @ vectors)
        basis = directions[:, np.argsort(-values)[:DIRECTIONS]]
        return cls(_unit(vectors[order] @ basis), owners[order], len(names), basis)

    def same(self, vector: np.ndarray) -> bool:
        """Whether an example has this vector."""
        return bool((_unit(vector[np.newaxis] @ self._basis) @ self._vectors.T).max() >= SAME)

    def scores(self, vectors: np.ndarray) -> np.ndarray:
        """Log-shares of the labels, one row each."""
        near = np.maximum.reduceat(_unit(vectors @ self._basis) @ self._vectors.T, self._starts, axis=1)
        rows = np.full((len(vectors), self._size), -1.0, np.float32)
        rows[:, self._owners[self._starts]] = near
        return np.log(softmax(rows / TEMPERATURE) + 1e-9)

    def save(self, path: Path) -> None:
        """Writes plain arrays."""
        np.savez(
            path, vectors=self._vectors.astype(np.float16), owners=self._owners, size=self._size, basis=self._basis
        )

    @classmethod
    def load(cls, path: Path) -> Nearest:
        """Reads what :meth:`save` wrote."""
        with np.load(path, allow_pickle=False) as data:
            return cls(data["vectors"], data["owners"], int(data["size"]), data["basis"])


def _unit(vectors: np.ndarray) -> np.ndarray:
    return vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9)


class Words:
    """What the n-grams say: multinomial naive Bayes, without a prior.

    How many examples were written of a question says nothing of how often it is asked. Most n-grams stand under few
    labels, so the table holds what each adds there to the weight of an n-gram that a label never had.
    """

    def __init__(self, adds: sparse.csr_matrix, unseen: np.ndarray) -> None:
        #: What each n-gram (row) adds to each label (column).
        self._adds, self._unseen = adds, unseen

    @classmethod
    def fit(cls, rows: Sequence[Row], labels: np.ndarray, size: int) -> Words:
        """Counts; a second for all labels. ``labels`` are the places of the labels, one for each row."""
        ends = np.cumsum([0, *(len(row.indices) for row in rows)])
        values, indices = (np.concatenate(column) for column in ([r.values for r in rows], [r.indices for r in rows]))
        matrix = sparse.csr_matrix((values, indices, ends), shape=(len(rows), size))
        owners = sparse.csr_matrix((np.ones(len(rows)), (labels, np.arange(len(rows)))))
        adds = (owners @ matrix).T.tocsr()
        unseen = np.log(SMOOTHING) - np.log(np.asarray(adds.sum(axis=0)).ravel() + SMOOTHING * size)
        adds.data = np.log1p(adds.data / SMOOTHING)
        return cls(adds.astype(np.float32), unseen.astype(np.float32))

    def scores(self, row: Row) -> np.ndarray:
        """The log-shares of the labels."""
        grams, _labels = self._adds.shape
        known = row.indices < grams
        ends = np.array([0, known.sum()])
        said = sparse.csr_matrix((row.values[known].astype(np.float32), row.indices[known], ends), shape=(1, grams))
        added = said @ self._adds
        scores = self._unseen * float(said.data.sum())
        scores[added.indices] += added.data
        return scores - scores.max() - np.log(np.exp(scores - scores.max()).sum())

    def save(self, path: Path) -> None:
        """Writes plain arrays, half as wide as they are used."""
        adds = self._adds
        labels, values = adds.indices.astype(np.int16), adds.data.astype(np.float16)
        np.savez(path, starts=adds.indptr, labels=labels, adds=values, unseen=self._unseen)

    @classmethod
    def load(cls, path: Path) -> Words:
        """Reads what :meth:`save` wrote."""
        with np.load(path, allow_pickle=False) as data:
            unseen, starts = data["unseen"], data["starts"].astype(np.int32)
            parts = data["adds"].astype(np.float32), data["labels"].astype(np.int32), starts
            return cls(sparse.csr_matrix(parts, shape=(len(starts) - 1, len(unseen))), unseen)
