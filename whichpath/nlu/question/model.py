"""Which question entries a message resembles: three opinions pooled.

A linear head over the sentence vector, naive Bayes over the n-grams, and the nearest examples.
What was tried, and how the weights were found: ``docs/decisions/0006-questions.md``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TypeAlias

import numpy as np

from whichpath.nlu.question.opinions import Nearest, Words
from whichpath.nlu.text.linear import LinearHead, softmax
from whichpath.nlu.text.ngrams import Row

#: How much the sentence vector, the n-grams and the nearest example count. Their sum is below 1 because they agree
#: more than independent witnesses would: so the shares are right about as often as they say.
WEIGHTS = (0.5, 0.25, 0.25)
#: In a message of several sentences the one that asks says it best. They count for words / LONG, between LEAST_PARTS
#: and MOST_PARTS, by the likelihoods of the sentence vector to the power of PART.
LONG, LEAST_PARTS, MOST_PARTS, PART = 120, 0.3, 0.6, 0.8
#: How much the topic of an entry counts, as the topics' own head sees it; what it gives a topic at the least.
TOPIC, LEAST = 0.3, 0.002
#: How much the questions of a topic say about it, beside the topics' own head: by their words, by the nearest example.
BY_WORDS, BY_NEAREST, LEAST_SUM = 0.15, 0.25, 0.01
#: Rounds of the solver. With 60 it is right less often on new questions, and three times as slow.
ROUNDS = 16
#: How much the message together with the one before counts, against the message alone.
CONTEXT = 0.6
#: The same where the message is an example word for word, and clearly one question: CLEAR is the share from which
#: it is.
CONTEXT_OF_SAME, CLEAR = 0.1, 0.8
#: The same for a question after a question, where it is clear by itself from this share on: the other one was answered.
CONTEXT_OF_NEXT, PLAIN = 0.3, 0.5
#: The sentence that asks is clear from these shares on, by its vector and by the nearest example, where both agree; so
#: much it counts then in a follow-up of at most so many words ("ok thanks. i go there monday. do i need a lawyer").
CLEAR_VECTOR, CLEAR_NEAR, ASKED, FOLLOW_UP = 0.75, 0.5, 0.6, 25
#: Who may ask: a role, and whether the matter is criminal.
ASKERS = ("protected", "restrained", "third_party", "civil", "criminal")
#: No question is ruled out, or settled, by who asks it. Factors this near to 1 say nothing.
BOUNDS, NOTHING = (0.15, 2.0), 0.05


#: The log-shares of the labels by sentence vector, n-grams and nearest example.
Opinions: TypeAlias = tuple[np.ndarray, np.ndarray, np.ndarray]


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

    def opinions(self, vector: np.ndarray, grams: Row) -> Opinions:
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
        opinions: Opinions | None = None,
    ) -> np.ndarray:
        """The share of each label for one message; they add up to 1.

        ``topics``: how likely each topic is. ``parts``: the vectors of the sentences of a message of ``words`` words.
        ``opinions``: what :meth:`opinions` gave, where that is known.
        """
        opinions = opinions or self.opinions(vector, grams)
        scores = sum(w * o for w, o in zip(WEIGHTS, opinions, strict=True))
        if parts is not None and len(parts) > 1:
            share = min(MOST_PARTS, max(LEAST_PARTS, words / LONG))
            scores = (1 - share) * scores + share * self._of_parts(parts)
        if topics:
            scores = scores + TOPIC * np.log([topics.get(name, 0.0) + LEAST for name in self.topics])
        return softmax(scores)

    def with_questions(self, topics: Mapping[str, float], opinions: Opinions) -> dict[str, float]:
        """How likely each topic is by its own head and by its questions; what has no questions stays as it is."""
        names = sorted(set(self.topics) & set(topics))
        if not names:
            return dict(topics)
        place = {name: i for i, name in enumerate(names)}
        owners = np.array([place.get(name, len(names)) for name in self.topics])
        _, words, nearest = (np.bincount(owners, np.exp(o), len(names) + 1)[: len(names)] for o in opinions)
        own = np.array([topics[name] for name in names])
        asked = np.log(own + 1e-9) + BY_WORDS * np.log(words + LEAST_SUM) + BY_NEAREST * np.log(nearest + LEAST_SUM)
        return {**topics, **dict(zip(names, (softmax(asked) * own.sum()).tolist(), strict=True))}

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
