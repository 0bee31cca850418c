"""A second opinion from the words themselves: character and word n-grams, next to the sentence vector.

The encoder knows what a message means, n-grams know what it says ("RO", "b4", "NCO"). Mixed in lightly, they are right
where the encoder is unsure. As features beside the vector they would drown it, so they have a head of their own.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from scipy import sparse

from nlu.encoder import get_encoder

#: The message attribute with the row of n-grams (never part of the output).
NGRAMS = "ngrams"

_CHARACTERS = {"analyzer": "char_wb", "ngram_range": (3, 5), "min_df": 3, "sublinear_tf": True, "dtype": np.float32}
_WORDS = {
    "ngram_range": (1, 3),
    "min_df": 2,
    "sublinear_tf": True,
    "token_pattern": r"(?u)\b\w+\b",
    "dtype": np.float32,
}
_KINDS = (_CHARACTERS, _WORDS)


class Ngrams:
    """Turns texts into sparse rows."""

    def __init__(self, vectorizers: list) -> None:
        self._vectorizers = vectorizers

    @classmethod
    def fit(cls, texts: Sequence[str]) -> Ngrams:
        """Learns which n-grams there are and how rare they are."""
        from sklearn.feature_extraction.text import TfidfVectorizer

        plain = _plain(texts)
        return cls([TfidfVectorizer(**kind).fit(plain) for kind in _KINDS])

    def rows(self, texts: Sequence[str]) -> sparse.csr_matrix:
        """One row per text."""
        return sparse.hstack([v.transform(_plain(texts)) for v in self._vectorizers], format="csr")

    def save(self, folder: Path) -> None:
        """Writes the n-grams as JSON and their weights as arrays: nothing that could run code."""
        for number, vectorizer in enumerate(self._vectorizers):
            names = vectorizer.get_feature_names_out().tolist()
            (folder / f"ngrams_{number}.json").write_text(json.dumps(names), encoding="utf-8")
            np.save(folder / f"ngrams_{number}.npy", vectorizer.idf_.astype(np.float32))

    @classmethod
    def load(cls, folder: Path) -> Ngrams:
        """Reads what `save` wrote."""
        from sklearn.feature_extraction.text import TfidfVectorizer

        found = []
        for number, kind in enumerate(_KINDS):
            names = json.loads((folder / f"ngrams_{number}.json").read_text(encoding="utf-8"))
            vectorizer = TfidfVectorizer(**kind, vocabulary={name: i for i, name in enumerate(names)})
            vectorizer.idf_ = np.load(folder / f"ngrams_{number}.npy").astype(np.float64)
            found.append(vectorizer)
        return cls(found)


def _plain(texts: Sequence[str]) -> list[str]:
    """Mended spelling: otherwise half the n-grams would be typing mistakes."""
    return [get_encoder().mend(text).lower() for text in texts]


class NgramHead:
    """Label probabilities from n-grams, in the order of `labels`."""

    def __init__(self, labels: list[str], weights: np.ndarray, bias: np.ndarray) -> None:
        self.labels = labels
        self._weights = weights
        self._bias = bias

    @classmethod
    def fit(cls, rows: sparse.csr_matrix, labels: Sequence[str], *, balanced: bool) -> NgramHead:
        """One-against-all logistic regression by stochastic descent: a second for all labels."""
        from sklearn.linear_model import SGDClassifier

        weight = "balanced" if balanced else None
        model = SGDClassifier(loss="log_loss", alpha=1e-5, max_iter=12, tol=None, random_state=1, class_weight=weight)
        model.fit(rows, labels)
        weights, bias = model.coef_.T, model.intercept_
        if len(model.classes_) == 2:  # scikit-learn keeps one column for two classes
            weights, bias = np.hstack([-weights, weights]), np.array([-bias[0], bias[0]])
        return cls([str(c) for c in model.classes_], weights.astype(np.float16), bias.astype(np.float32))

    def probabilities(self, rows: sparse.csr_matrix) -> np.ndarray:
        """One row of probabilities per row of n-grams."""
        scores = np.empty((rows.shape[0], len(self.labels)), np.float32)
        for i in range(rows.shape[0]):
            used = slice(rows.indptr[i], rows.indptr[i + 1])
            # Only the rows of the n-grams that occur are widened; the whole table stays small in memory.
            scores[i] = rows.data[used] @ self._weights[rows.indices[used]].astype(np.float32) + self._bias
        each = 1.0 / (1.0 + np.exp(-np.clip(scores, -30, 30)))
        return each / each.sum(axis=1, keepdims=True)

    def save(self, path: Path) -> None:
        """Writes the head as plain arrays."""
        np.savez(path, labels=np.array(self.labels, dtype=np.str_), weights=self._weights, bias=self._bias)

    @classmethod
    def load(cls, path: Path) -> NgramHead:
        """Reads what `save` wrote."""
        with np.load(path, allow_pickle=False) as data:
            return cls([str(n) for n in data["labels"]], data["weights"], data["bias"])


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=True)
class NgramFeaturizer(GraphComponent):
    """Puts the n-grams on messages, once for all heads that read them."""

    def __init__(self, model_storage: ModelStorage, resource: Resource, ngrams: Ngrams | None = None) -> None:
        self._model_storage = model_storage
        self._resource = resource
        self._ngrams = ngrams

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> NgramFeaturizer:
        """Creates a featurizer that knows no n-grams yet."""
        return cls(model_storage, resource)

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> NgramFeaturizer:
        """Loads a trained featurizer."""
        with model_storage.read_from(resource) as folder:
            return cls(model_storage, resource, Ngrams.load(folder))

    def train(self, training_data: TrainingData) -> Resource:
        """Learns the n-grams of the examples."""
        texts = [m.get(TEXT) for m in training_data.intent_examples if m.get(TEXT)]
        self._ngrams = Ngrams.fit(texts)
        with self._model_storage.write_to(self._resource) as folder:
            self._ngrams.save(folder)
        return self._resource

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Sets the rows of all examples."""
        self.process([m for m in training_data.intent_examples if m.get(TEXT)])
        return training_data

    def process(self, messages: list[Message]) -> list[Message]:
        """Sets the row of each message that has a text."""
        with_text = [m for m in messages if m.get(TEXT)]
        if with_text and self._ngrams:
            rows = self._ngrams.rows([m.get(TEXT) for m in with_text])
            for i, message in enumerate(with_text):
                message.set(NGRAMS, rows[i])
        return messages


def rows_of(messages: Sequence[Message]) -> sparse.csr_matrix | None:
    """The rows of examples under one another; None where the pipeline has no n-grams."""
    rows = [m.get(NGRAMS) for m in messages]
    return None if not rows or any(row is None for row in rows) else sparse.vstack(rows, format="csr")
