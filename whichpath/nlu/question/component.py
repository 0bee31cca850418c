"""Ranks the question entries for each message: the retrieval intents ``topic/entry`` of the training data."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.shared.nlu.constants import INTENT, INTENT_RESPONSE_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from whichpath.library.asks import asks
from whichpath.library.topics import GOALS
from whichpath.nlu.question.model import ASKED, CLEAR, FOLLOW_UP, Opinions, QuestionModel, context_of, pooled
from whichpath.nlu.situation.component import situation_of
from whichpath.nlu.text.before import before_of
from whichpath.nlu.text.component import Trained
from whichpath.nlu.text.encoder import TOGETHER, SentenceEncoder, sentence_parts, sentence_vector
from whichpath.nlu.text.ngrams import NGRAMS, NGRAMS_TOGETHER, Row, rows_of
from whichpath.nlu.topic.component import TOPIC_SHARES, TOPICS, set_ranking

QUESTIONS = "questions"
#: Intents that a rule answers by itself, and the confidence below which they are a guess.
SMALL_TALK, GUESS = frozenset({"ask_privacy", "feedback", "greet", "thank", "goodbye", "help"}), 0.5


def label_of(message: Message) -> str | None:
    """What an example teaches: its entry; for a bare wish, its intent; nothing for all else."""
    key = message.get(INTENT_RESPONSE_KEY)
    if key:
        return str(key).partition("/")[2]
    intent = message.get(INTENT)
    return intent if intent in GOALS else None


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class QuestionClassifier(Trained[QuestionModel]):
    """Sets ``questions``: entries and goals with their shares, likeliest first."""

    DEFAULTS: ClassVar[dict[str, Any]] = {"C": 20.0, "ranking_length": 16}
    MADE_OF = ("text/linear.py", "text/ngrams.py", "question/model.py", "question/opinions.py", "question/component.py")

    @classmethod
    def required_components(cls) -> list[type]:
        """The sentence vectors have to be there."""
        return [SentenceEncoder]

    @classmethod
    def read(cls, folder: Path, config: dict[str, Any]) -> QuestionModel | None:
        """The model in ``folder``; ``None`` where no example of a question was there."""
        return QuestionModel.load(folder) if (folder / "question.npz").is_file() else None

    def train(self, training_data: TrainingData) -> Resource:
        """Fits the model on every example of an entry or a wish."""
        examples = [m for m in training_data.intent_examples if m.get(TEXT) and label_of(m)]
        if len({label_of(m) for m in examples}) > 1:
            model = QuestionModel.fit(
                np.stack([sentence_vector(m) for m in examples]),
                rows_of(examples),
                [str(label_of(m)) for m in examples],
                [m.get(INTENT) for m in examples],
                [situation_of(m) for m in examples],
                self._config["C"],
            )
            return self.store(model)
        return self._resource

    def process(self, messages: list[Message]) -> list[Message]:
        """Sets ``questions``: each with its share, and how much likelier it is for those who ask it most."""
        for message in messages:
            vector, grams = sentence_vector(message) if message.get(TEXT) else None, message.get(NGRAMS)
            if self._model is None or vector is None or grams is None:
                continue
            opinions = self._model.opinions(vector, grams)
            shares = self._shares(self._model, message, vector, grams, opinions)
            best = np.argsort(-shares)[: self._config["ranking_length"]]
            found = [
                {
                    "name": self._model.labels[i],
                    "confidence": round(float(shares[i]), 5),
                    "askers": self._model.askers.of(i),
                }
                for i in best
            ]
            message.set(QUESTIONS, found, add_to_output=True)
            self._rank_topics(message, self._model.with_questions(message.get(TOPIC_SHARES) or {}, opinions))
            self._put_question_first(message, self._model.topics[best[0]], float(shares[best[0]]))
        return messages

    def _rank_topics(self, message: Message, topics: Mapping[str, float]) -> None:
        """The topics anew: what resembles the questions of a topic is about it."""
        if len(topics) < 2:
            return  # settled by a rule
        ranking = sorted(topics.items(), key=lambda item: -item[1])
        further = [topic for topic in message.get(TOPICS) or () if topic["name"] != ranking[0][0]]
        set_ranking(message, ranking, self._config["ranking_length"])
        message.set(TOPICS, further, add_to_output=True)

    @staticmethod
    def _put_question_first(message: Message, topic: str, share: float) -> None:
        """Where small talk is a guess and a question likelier, its topic is the intent: "who sees where i live"."""
        intent = message.get(INTENT) or {}
        unsure = intent.get("name") in SMALL_TALK and intent["confidence"] < min(GUESS, share)
        if unsure and asks(message.get(TEXT)):
            first = {"name": topic, "confidence": share}
            ranking = [row for row in message.get("intent_ranking") or () if row["name"] != topic]
            message.set(INTENT, first, add_to_output=True)
            message.set("intent_ranking", [first, *ranking], add_to_output=True)

    @staticmethod
    def _shares(
        model: QuestionModel, message: Message, vector: np.ndarray, grams: Row, opinions: Opinions
    ) -> np.ndarray:
        """The shares of the labels, with the message before where this one is a follow-up."""
        topics, parts = message.get(TOPIC_SHARES) or {}, sentence_parts(message)
        words = len(message.get(TEXT).split())
        vectors = np.stack([v for _, v in parts]) if parts else None
        shares = model.shares(vector, grams, topics, vectors, words, opinions)
        whole, its_grams = message.get(TOGETHER), message.get(NGRAMS_TOGETHER)
        if whole is None or its_grams is None:
            return shares
        asking = [v for sentence, v in parts if asks(sentence.text)]
        asked = model.asked(asking[-1]) if asking and words <= FOLLOW_UP else None
        if asked is not None:
            shares = pooled(shares, asked, ASKED)
        after_question = asks(message.get(TEXT)) and asks(before_of(message) or "")
        # Compared with every example only where it matters.
        same = shares.max() >= CLEAR and model.nearest.same(vector)
        context = context_of(shares, same, after_question)
        return pooled(shares, model.shares(whole, its_grams), context)
