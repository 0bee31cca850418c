"""Which question entries a message resembles: three opinions pooled.

A linear head over the sentence vector, naive Bayes over the n-grams, and the nearest examples.
What was tried, and how the weights were found: ``docs/decisions/0006-questions.md``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from whichpath.nlu.text.linear import LinearHead, softmax
from whichpath.nlu.text.ngrams import Row

#: Similarity counts by e^(similarity / TEMPERATURE).
TEMPERATURE = 0.05
#: Numbers kept of an example. All 384 are right no more often, and take eight times the memory.
DIRECTIONS = 48
#: How much the sentence vector, the n-grams and the nearest example count. Their sum is below 1 because they agree
#: more than independent witnesses would: so the shares are right about as often as they say.
WEIGHTS = (0.5, 0.25, 0.25)
#: In a message of several sentences the one that asks says it best. They count for words / LONG, between LEAST_PARTS
#: and MOST_PARTS, by the likelihoods of the sentence vector to the power of PART.
LONG, LEAST_PARTS, MOST_PARTS, PART = 120, 0.3, 0.6, 0.8
#: How much the topic of an entry counts, as the topics' own head sees it; what it gives a topic at the least.
TOPIC, LEAST = 0.3, 0.002
SMOOTHING = 0.01
#: Rounds of the solver. With 60 it is right less often on new questions, and three times as slow.
ROUNDS = 16
#: How much the message together with the one before counts, against the message alone.
CONTEXT = 0.6
#: The same where the message is an example word for word, and clearly one question: SAME is that similarity, CLEAR the
#: share from which a question is clear.
CONTEXT_OF_SAME, SAME, CLEAR = 0.1, 0.99, 0.8
#: The same for a question after a question, where it is clear by itself from this share on: the other one was answered.
CONTEXT_OF_NEXT, PLAIN = 0.3, 0.5
#: The sentence that asks is clear from these shares on, by its vector and by the nearest example, where both agree; so
#: much it counts then in a follow-up of at most so many words ("ok thanks. i go there monday. do i need a lawyer").
CLEAR_VECTOR, CLEAR_NEAR, ASKED, FOLLOW_UP = 0.75, 0.5, 0.6, 25
#: Who may ask: a role, and whether the matter is criminal.
ASKERS = ("protected", "restrained", "third_party", "civil", "criminal")
#: No question is ruled out, or settled, by who asks it. Factors this near to 1 say nothing.
BOUNDS, NOTHING = (0.15, 2.0), 0.05


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


def pooled(alone: np.ndarray, together: np.ndarray, context: float) -> np.ndarray:
    """Two shares as one; ``context``: how much the second counts (0 to 1)."""
    return softmax((1 - context) * np.log(alone + 1e-9) + context * np.log(together + 1e-9))


def context_of(alone: np.ndarray, same: bool, after_question: bool) -> float:
    """How much the message before counts beside the shares ``alone``.

    ``same``: the message is an example word for word; ``after_question``: both messages ask something.
    """
    if same and alone.max() >= CLEAR:
        return CONTEXT_OF_SAME
    return CONTEXT_OF_NEXT if after_question and alone.max() >= PLAIN else CONTEXT


def _unit(vectors: np.ndarray) -> np.ndarray:
    return vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9)


class Words:
    """What the n-grams say: multinomial naive Bayes, without a prior.

    How many examples were written of a question says nothing of how often it is asked. Most n-grams stand under few
    labels, so the table holds what each adds there to the weight of an n-gram that a label never had.
    """

    def __init__(self, starts: np.ndarray, labels: np.ndarray, adds: np.ndarray, unseen: np.ndarray) -> None:
        self._starts, self._labels, self._adds, self._unseen = starts, labels, adds, unseen

    @classmethod
    def fit(cls, rows: Sequence[Row], labels: np.ndarray, size: int) -> Words:
        """Counts; a second for all labels. ``labels`` are the places of the labels, one for each row."""
        from scipy import sparse

        ends = np.cumsum([0, *(len(row.indices) for row in rows)])
        values, indices = (np.concatenate(column) for column in ([r.values for r in rows], [r.indices for r in rows]))
        matrix = sparse.csr_matrix((values, indices, ends), shape=(len(rows), size))
        owners = sparse.csr_matrix((np.ones(len(rows)), (labels, np.arange(len(rows)))))
        counts = (owners @ matrix).tocsc()
        unseen = np.log(SMOOTHING) - np.log(np.asarray(counts.sum(axis=1)).ravel() + SMOOTHING * size)
        adds = np.log1p(counts.data / SMOOTHING)
        return cls(counts.indptr, counts.indices.astype(np.int16), adds.astype(np.float16), unseen.astype(np.float32))

    def scores(self, row: Row) -> np.ndarray:
        """The log-shares of the labels."""
        known = row.indices < len(self._starts) - 1
        grams, values = row.indices[known], row.values[known]
        starts = self._starts[grams]
        sizes = self._starts[grams + 1] - starts
        # The places of all that the n-grams add, in one array: a story has a thousand n-grams.
        places = np.repeat(starts - np.cumsum(sizes) + sizes, sizes) + np.arange(sizes.sum())
        adds = np.repeat(values, sizes) * self._adds[places]
        scores = self._unseen * float(values.sum())
        scores = scores + np.bincount(self._labels[places], weights=adds, minlength=len(scores))
        return scores - scores.max() - np.log(np.exp(scores - scores.max()).sum())

    def save(self, path: Path) -> None:
        """Writes plain arrays."""
        np.savez(path, starts=self._starts, labels=self._labels, adds=self._adds, unseen=self._unseen)

    @classmethod
    def load(cls, path: Path) -> Words:
        """Reads what :meth:`save` wrote."""
        with np.load(path, allow_pickle=False) as data:
            return cls(data["starts"], data["labels"], data["adds"], data["unseen"])


class Askers:
    """By whom each label is asked: how much oftener by a role, or in a criminal matter, than labels are on average."""

    def __init__(self, factors: np.ndarray) -> None:
        #: A row for each label, a column for each of :data:`ASKERS`.
        self.factors = factors

    @classmethod
    def fit(cls, labels: Sequence[str], situations: Sequence[Mapping[str, str]], names: Sequence[str]) -> Askers:
        """Counts what the examples of each label tell of the person."""
        index = {name: i for i, name in enumerate(names)}
        counts = np.zeros((len(names), len(ASKERS)))
        for label, told in zip(labels, situations, strict=True):
            for asker in (told.get("role"), _matter(told.get("matter"))):
                if asker in ASKERS:
                    counts[index[label], ASKERS.index(asker)] += 1
        factors = np.ones_like(counts)
        for columns in (slice(0, 3), slice(3, 5)):
            some = counts[:, columns] + 1
            share = some / some.sum(axis=1, keepdims=True)
            usual = some.sum(axis=0) / some.sum()
            factors[:, columns] = np.clip(share / usual, *BOUNDS)
        return cls(factors.astype(np.float32))

    def of(self, place: int) -> dict[str, float]:
        """What differs from 1 for one label."""
        row = self.factors[place]
        return {name: round(float(f), 2) for name, f in zip(ASKERS, row, strict=True) if abs(f - 1) > NOTHING}

    def save(self, path: Path) -> None:
        """Writes a plain array."""
        np.save(path, self.factors)

    @classmethod
    def load(cls, path: Path) -> Askers:
        """Reads what :meth:`save` wrote."""
        return cls(np.load(path, allow_pickle=False))


def _matter(value: str | None) -> str | None:
    return value and ("civil" if value == "civil_order" else "criminal")


class QuestionModel:
    """Labels with a share each: entries by id, and the goals that lead to a path by their intent."""

    def __init__(
        self, dense: LinearHead, words: Words, nearest: Nearest, askers: Askers, topics: Sequence[str] = ()
    ) -> None:
        self.dense, self.words, self.nearest, self.askers = dense, words, nearest, askers
        #: The topic of each label, in their order.
        self.topics = tuple(topics)

    @property
    def labels(self) -> list[str]:
        """The labels in the order of the shares."""
        return self.dense.labels

    @classmethod
    def fit(
        cls,
        vectors: np.ndarray,
        grams: Sequence[Row],
        labels: Sequence[str],
        topics: Sequence[str],
        situations: Sequence[Mapping[str, str]],
        c: float,
    ) -> QuestionModel:
        """Learns from all examples; ``topics`` and ``situations`` hold the topic and the facts told of each."""
        y = np.asarray(labels)
        topic_of = dict(zip(labels, topics, strict=True))
        dense = LinearHead.fit(vectors, y, c=c, balance=1.0, rounds=ROUNDS)
        size = 1 + max(int(row.indices.max(initial=0)) for row in grams)
        nearest = Nearest.fit(vectors, y, dense.labels)
        askers = Askers.fit(labels, situations, dense.labels)
        place = {name: i for i, name in enumerate(dense.labels)}
        words = Words.fit(grams, np.array([place[label] for label in labels]), size)
        return cls(dense, words, nearest, askers, [topic_of[name] for name in dense.labels])

    def opinions(self, vector: np.ndarray, grams: Row) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """The log-shares by sentence vector, n-grams and nearest example."""
        row = vector[np.newaxis]
        dense = np.log(self.dense.probabilities(row)[0] + 1e-9)
        return dense, self.words.scores(grams), self.nearest.scores(row)[0]

    def shares(
        self,
        vector: np.ndarray,
        grams: Row,
        topics: Mapping[str, float] | None = None,
        parts: np.ndarray | None = None,
        words: int = 0,
    ) -> np.ndarray:
        """The share of each label for one message; they add up to 1.

        ``topics``: how likely each topic is. ``parts``: the vectors of the sentences of a message of ``words`` words.
        """
        scores = sum(w * o for w, o in zip(WEIGHTS, self.opinions(vector, grams), strict=True))
        if parts is not None and len(parts) > 1:
            share = min(MOST_PARTS, max(LEAST_PARTS, words / LONG))
            scores = (1 - share) * scores + share * self._of_parts(parts)
        if topics:
            scores = scores + TOPIC * np.log([topics.get(name, 0.0) + LEAST for name in self.topics])
        return softmax(scores)

    def asked(self, part: np.ndarray) -> np.ndarray | None:
        """The shares of a sentence by its vector, where the nearest example agrees that it is clear."""
        row = part[np.newaxis]
        shares, near = self.dense.probabilities(row)[0], np.exp(self.nearest.scores(row)[0])
        clear = shares.max() >= CLEAR_VECTOR and near.max() >= CLEAR_NEAR and shares.argmax() == near.argmax()
        return shares if clear else None

    def _of_parts(self, parts: np.ndarray) -> np.ndarray:
        """The log-shares of the labels where any of the parts may be the one that asks."""
        likely = (self.dense.probabilities(parts) + 1e-9) ** PART
        return np.log((likely / likely.sum(axis=1, keepdims=True)).mean(axis=0))

    def save(self, folder: Path) -> None:
        """Writes plain arrays into ``folder``."""
        self.dense.save(folder / "question.npz")
        self.words.save(folder / "question_words.npz")
        self.nearest.save(folder / "question_nearest.npz")
        self.askers.save(folder / "question_askers.npy")
        np.save(folder / "question_topics.npy", np.array(self.topics, dtype=np.str_))

    @classmethod
    def load(cls, folder: Path) -> QuestionModel:
        """Reads what :meth:`save` wrote."""
        words = Words.load(folder / "question_words.npz")
        topics = np.load(folder / "question_topics.npy", allow_pickle=False).tolist()
        nearest = Nearest.load(folder / "question_nearest.npz")
        askers = Askers.load(folder / "question_askers.npy")
        return cls(LinearHead.load(folder / "question.npz"), words, nearest, askers, topics)
