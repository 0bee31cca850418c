"""Character and word n-grams, as a second feature besides the sentence vector.

The encoder represents meaning, n-grams the wording ("RO", "b4", "NCO"), which helps where the encoder is unsure. In
one head with the vector they would dominate it, so they have their own head with a small weight.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from whichpath.nlu.text.before import together
from whichpath.nlu.text.component import Trained
from whichpath.nlu.text.encoder import get_encoder

#: Message attribute: the row of n-grams (not part of the output).
NGRAMS = "ngrams"
#: The same for the message together with the previous one.
NGRAMS_TOGETHER = "ngrams_together"

_WORD = re.compile(r"\w+")
_WORDS_LONG = (1, 2, 3)
_LETTERS_LONG = (3, 4, 5)
#: Least number of examples that a word n-gram and a letter n-gram must occur in. Rarer ones reflect the writer more
#: than the question: without them questions are classified better, with a quarter of the table.
LEAST = (8, 25)


class Row(NamedTuple):
    """The n-grams of one text: their indices and weights."""

    indices: np.ndarray
    values: np.ndarray

    def fingerprint(self) -> str:
        """A hash of the numbers. Without it Rasa prints all of them after each component (``rasa.shared.utils.io``)."""
        return hashlib.blake2b(self.indices.tobytes() + self.values.tobytes(), digest_size=16).hexdigest()


def _words(text: str) -> list[str]:
    found = _WORD.findall(text)
    return [" ".join(found[i : i + n]) for n in _WORDS_LONG for i in range(len(found) - n + 1)]


def _letters(text: str) -> list[str]:
    """Letter n-grams within words. A space marks the edge of a word; a bar distinguishes them from words."""
    padded = [f" {word} " for word in text.split()]
    return ["|" + word[i : i + n] for word in padded for n in _LETTERS_LONG for i in range(len(word) - n + 1)]


def _plain(text: str) -> str:
    """The text with corrected spelling: otherwise half of the n-grams would be typing mistakes."""
    return get_encoder().mend(text).lower()


class Ngrams:
    """Computes the TF-IDF weighted n-grams of a text.

    Own code, because scikit-learn's vectorizer takes ten times as long for a single text.
    """

    def __init__(self, names: Sequence[str], rarity: np.ndarray) -> None:
        self._names = list(names)
        self._index = {name: i for i, name in enumerate(self._names)}
        self._rarity = rarity

    @classmethod
    def fit(cls, texts: Sequence[str], least: tuple[int, int] = LEAST) -> Ngrams:
        """Learns the vocabulary and its inverse document frequencies; ``least``: see :data:`LEAST`."""
        names: list[str] = []
        seen: list[int] = []
        for kind, often in zip((_words, _letters), least, strict=True):
            counts = Counter(gram for text in texts for gram in set(kind(_plain(text))))
            kept = sorted(gram for gram, count in counts.items() if count >= often)
            names += kept
            seen += [counts[gram] for gram in kept]
        rarity = np.log((1 + len(texts)) / (1 + np.array(seen))) + 1
        return cls(names, rarity.astype(np.float32))

    def row(self, text: str) -> Row:
        """The known n-grams of one text; words and letters have equal total weight."""
        plain = _plain(text)
        indices, values = [], []
        for kind in (_words, _letters):
            counts = Counter(self._index[gram] for gram in kind(plain) if gram in self._index)
            where = np.fromiter(counts.keys(), np.int32, len(counts))
            often = 1 + np.log(np.fromiter(counts.values(), np.float32, len(counts)))
            weight = often * self._rarity[where]
            indices.append(where)
            values.append(weight / max(float(np.linalg.norm(weight)), 1e-9))
        return Row(np.concatenate(indices), np.concatenate(values))

    def save(self, folder: Path) -> None:
        """Writes the n-grams as JSON and their weights as an array; neither can run code."""
        (folder / "ngrams.json").write_text(json.dumps(self._names), encoding="utf-8")
        np.save(folder / "ngrams.npy", self._rarity)

    @classmethod
    def load(cls, folder: Path) -> Ngrams:
        """Reads what `save` wrote."""
        names = json.loads((folder / "ngrams.json").read_text(encoding="utf-8"))
        return cls(names, np.load(folder / "ngrams.npy"))


class NgramHead:
    """A linear classifier on n-grams."""

    def __init__(self, labels: list[str], weights: np.ndarray, bias: np.ndarray) -> None:
        self.labels = labels
        self._weights = weights
        self._bias = bias

    @classmethod
    def fit(cls, rows: Sequence[Row], labels: Sequence[str], *, size: int, balanced: bool) -> NgramHead:
        """Fits one-vs-rest logistic regression by stochastic gradient descent, about 1 s for all labels.

        `rows`: one per example; `size`: number of n-grams; `balanced`: weights all labels equally.
        """
        from scipy import sparse
        from sklearn.linear_model import SGDClassifier

        ends = np.cumsum([0, *(len(row.indices) for row in rows)])
        values, indices = (np.concatenate(column) for column in ([r.values for r in rows], [r.indices for r in rows]))
        matrix = sparse.csr_matrix((values, indices, ends), shape=(len(rows), size))
        weight = "balanced" if balanced else None
        # In threads, a label each; the result does not depend on how many.
        model = SGDClassifier(
            loss="log_loss", alpha=1e-5, max_iter=12, tol=None, random_state=1, class_weight=weight, n_jobs=-1
        )
        model.fit(matrix, labels)
        weights, bias = model.coef_.T, model.intercept_
        if len(model.classes_) == 2:  # scikit-learn has one column for two classes
            weights, bias = np.hstack([-weights, weights]), np.array([-bias[0], bias[0]])
        return cls([str(c) for c in model.classes_], weights.astype(np.float16), bias.astype(np.float32))

    def probabilities(self, row: Row) -> np.ndarray:
        """The probabilities of one text, in the order of `labels`."""
        # A head fitted on a subset of the examples may have fewer rows than there are n-grams.
        seen = row.indices < len(self._weights)
        # Only the rows in use are converted to float32; the whole table stays small in memory.
        scores = row.values[seen] @ self._weights[row.indices[seen]].astype(np.float32) + self._bias
        each = 1.0 / (1.0 + np.exp(-np.clip(scores, -30, 30)))
        return each / each.sum()

    def save(self, path: Path) -> None:
        """Writes the head as arrays."""
        np.savez(path, labels=np.array(self.labels, dtype=np.str_), weights=self._weights, bias=self._bias)

    @classmethod
    def load(cls, path: Path) -> NgramHead:
        """Reads what `save` wrote."""
        with np.load(path, allow_pickle=False) as data:
            return cls([str(n) for n in data["labels"]], data["weights"], data["bias"])


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=True)
class NgramFeaturizer(Trained[Ngrams]):
    """Sets the n-grams of messages, once for all heads."""

    MADE_OF = ("text/ngrams.py", "text/before.py")

    @classmethod
    def read(cls, folder: Path, config: dict[str, Any]) -> Ngrams:
        """Reads the n-grams in ``folder``."""
        return Ngrams.load(folder)

    def train(self, training_data: TrainingData) -> Resource:
        """Learns the n-grams of the examples."""
        texts = [m.get(TEXT) for m in training_data.intent_examples if m.get(TEXT)]
        return self.store(Ngrams.fit(texts))

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Sets the row of each example."""
        self.process([m for m in training_data.intent_examples if m.get(TEXT)])
        return training_data

    def process(self, messages: list[Message]) -> list[Message]:
        """Sets the row of each message with a text."""
        for message in messages:
            if self._model and message.get(TEXT):
                message.set(NGRAMS, self._model.row(message.get(TEXT)))
                if whole := together(message):
                    message.set(NGRAMS_TOGETHER, self._model.row(whole))
        return messages


def rows_of(messages: Sequence[Message]) -> list[Row]:
    """The rows of the examples; empty where the pipeline has no n-grams."""
    rows = [m.get(NGRAMS) for m in messages]
    return [] if any(row is None for row in rows) else rows
