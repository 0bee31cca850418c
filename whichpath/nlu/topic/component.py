"""Which topic a message is about, and which further topics a long message asks about."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.shared.nlu.constants import INTENT, INTENT_RESPONSE_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from whichpath.nlu.situation.flags import choice, declined, vague
from whichpath.nlu.text.component import Trained
from whichpath.nlu.text.encoder import SentenceEncoder, get_encoder, sentence_parts, sentence_vector
from whichpath.nlu.text.held_out import is_held_out
from whichpath.nlu.text.ngrams import NGRAMS, Row, rows_of
from whichpath.nlu.text.pool import OpinionPool

TOPICS = "topics"
#: The message attribute for the confidence of every topic; the output holds the likeliest alone.
TOPIC_SHARES = "topic_shares"
#: Topics or other labels with their confidence, likeliest first.
Ranking: TypeAlias = list[tuple[str, float]]
DEFAULTS: dict[str, Any] = {
    "C": 5.0,
    # All topics weigh the same, however many examples were written of each; off-topic is many topics, and weighs more.
    "balance": 1.0,
    "off_topic_balance": 0.5,
    "ranking_length": 10,
    # A further topic is offered to the person, never answered unasked: better one too few.
    "topic_threshold": 0.6,
    # How much the parts of a long message count beside the whole of it: at the most, and with how many words so much.
    "parts_weight": 0.2,
    "long": 60,
    # From here on a message is refused: the mean of what the topics' head and a head of its own think of off-topic.
    "refuse_from": 0.3,
}
#: Small talk and answers to a question are no topics that a person could want an answer card for.
NO_TOPIC = frozenset({
    "inform", "affirm", "deny", "not_sure", "ask_why", "correct", "out_of_scope", "greet", "goodbye", "thank",
    "bot_challenge", "help", "restart", "human", "ask_privacy", "erase", "feedback", "danger", "self_harm", "misuse",
    "nlu_fallback",
})  # fmt: skip


#: With so many examples of its own a topic needs none of its questions.
ENOUGH = 60
#: Words from which an example is a story.
STORY = 45
OFF_TOPIC, OURS = "out_of_scope", "ours"
NOT_UNDERSTOOD = "nlu_fallback"
#: A word or two that answer a question are neither on nor off topic.
_ANSWERS = NO_TOPIC - {OFF_TOPIC, "danger", "self_harm", "misuse"}


class TopicModel:
    """The classifier without Rasa around it: texts in, ranked topics out."""

    def __init__(self, head: OpinionPool, off_topic: OpinionPool | None, settings: Mapping[str, Any]) -> None:
        self.head = head
        self.off_topic = off_topic
        self._settings = {**DEFAULTS, **settings}

    @classmethod
    def fit(
        cls,
        vectors: np.ndarray,
        grams: Sequence[Row],
        labels: Sequence[str],
        settings: Mapping[str, Any],
        held_out: Sequence[bool] = (),
    ) -> TopicModel:
        """Learns from sentence vectors and n-grams; `held_out` tells which examples the encoder never saw."""
        own = {**DEFAULTS, **settings}
        head = OpinionPool.fit(
            vectors,
            grams,
            labels,
            c=own["C"],
            balance=own["balance"],
            balances={OFF_TOPIC: own["off_topic_balance"]},
            held_out=held_out,
        )
        some = [i for i, label in enumerate(labels) if label not in _ANSWERS]
        sides = [OFF_TOPIC if labels[i] == OFF_TOPIC else OURS for i in some]
        if len(set(sides)) < 2:
            return cls(head, None, settings)
        off_topic = OpinionPool.fit(
            vectors[some],
            [grams[i] for i in some] if grams else [],
            sides,
            c=3.0,
            balance=own["off_topic_balance"],
            held_out=[held_out[i] for i in some] if len(held_out) else [],
        )
        return cls(head, off_topic, settings)

    def read(self, text: str, whole: np.ndarray, parts: np.ndarray, grams: Row | None) -> tuple[Ranking, Ranking]:
        """The ranking and the further topics of one text; a short text has no parts."""
        if choice(text):
            # A bare number answers a question, whatever its vector lies next to.
            return [("inform", 1.0)], []
        if vague(text):
            # What it points at stands in the conversation, not in its words.
            return [(NOT_UNDERSTOOD, 1.0)], []
        if intent := declined(text):
            return [(intent, 1.0)], []
        of_whole = self.head.probabilities(whole, grams)
        of_parts = self.head.of_parts(parts) if len(parts) else of_whole[np.newaxis]
        share = self._settings["parts_weight"] * min(1.0, len(text.split()) / self._settings["long"])
        ranking = self._ranked(self._refused((1 - share) * of_whole + share * of_parts.mean(axis=0), whole, grams))
        return ranking, self._further(of_parts, ranking[0][0])

    def _refused(self, topics: np.ndarray, whole: np.ndarray, grams: Row | None) -> np.ndarray:
        """The same probabilities, with off-topic in front where both heads together think it likely enough.

        Forty topics share what a message about another law has in common with ours; asked alone, it is told better.
        """
        labels = self.head.labels
        if self.off_topic is None or labels[int(topics.argmax())] in _ANSWERS:
            return topics
        at, least = labels.index(OFF_TOPIC), self._settings["refuse_from"]
        alone = self.off_topic.probabilities(whole, grams)[self.off_topic.labels.index(OFF_TOPIC)]
        likely = float(topics[at] + alone) / 2
        if likely < least:
            return topics
        # Half sure where it is just enough, so that nothing can stand before it.
        sure = 0.5 + 0.5 * (likely - least) / (1 - least)
        others = topics * (1 - sure) / max(1 - float(topics[at]), 1e-6)
        others[at] = sure
        return others

    def _ranked(self, probabilities: np.ndarray) -> Ranking:
        return [(self.head.labels[i], float(probabilities[i])) for i in np.argsort(-probabilities)]

    def _further(self, parts: np.ndarray, main: str) -> Ranking:
        best: dict[str, float] = {}
        for name, confidence in (self._ranked(p)[0] for p in parts):
            if confidence >= self._settings["topic_threshold"] and name != main and name not in NO_TOPIC:
                best[name] = max(confidence, best.get(name, 0.0))
        return sorted(best.items(), key=lambda item: -item[1])


def of_topics(examples: Sequence[Message]) -> list[Message]:
    """The examples that teach topics. Those of the questions are many and alike: all of them would blur the topics.

    Taken are the long stories, and all where a topic has few examples of its own.
    """
    own = Counter(m.get(INTENT) for m in examples if not m.get(INTENT_RESPONSE_KEY))
    return [
        m
        for m in examples
        if not m.get(INTENT_RESPONSE_KEY) or own[m.get(INTENT)] < ENOUGH or len(m.get(TEXT).split()) >= STORY
    ]


def set_ranking(message: Message, ranking: Ranking, length: int) -> None:
    """Sets the intent of a message, and the ``length`` likeliest ones."""
    named = [{"name": name, "confidence": confidence} for name, confidence in ranking]
    message.set(INTENT, named[0] if named else {"name": None, "confidence": 0.0}, add_to_output=True)
    message.set("intent_ranking", named[:length], add_to_output=True)


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class TopicClassifier(Trained[TopicModel], IntentClassifier):
    """Logistic regression over the sentence vector, mixed with one over n-grams."""

    DEFAULTS = DEFAULTS
    MADE_OF = ("text/linear.py", "text/pool.py", "text/held_out.py", "text/ngrams.py", "topic/component.py")

    @classmethod
    def required_components(cls) -> list[type]:
        """The sentence vectors have to be there."""
        return [SentenceEncoder]

    @classmethod
    def read(cls, folder: Path, config: dict[str, Any]) -> TopicModel:
        """The model in ``folder``.

        Raises:
            RuntimeError: it was trained with another sentence encoder.
        """
        if (folder / "encoder.sha256").read_text(encoding="utf-8") != get_encoder().digest:
            raise RuntimeError("This model was trained with another sentence encoder: run `make train`.")
        head = OpinionPool.load(folder, "intent")
        off_topic = OpinionPool.load(folder, OFF_TOPIC) if (folder / f"{OFF_TOPIC}.npz").is_file() else None
        return TopicModel(head, off_topic, config)

    def write(self, folder: Path) -> None:
        """Writes the heads, and which encoder they learnt from."""
        assert self._model is not None
        self._model.head.save(folder, "intent")
        if self._model.off_topic:
            self._model.off_topic.save(folder, OFF_TOPIC)
        (folder / "encoder.sha256").write_text(get_encoder().digest, encoding="utf-8")

    def train(self, training_data: TrainingData) -> Resource:
        """Fits the head on the examples of the intents, and of a question where its topic has too few of its own."""
        examples = of_topics([m for m in training_data.intent_examples if m.get(TEXT) and m.get(INTENT)])
        if examples:
            vectors = np.stack([sentence_vector(m) for m in examples])
            labels = [m.get(INTENT) for m in examples]
            held_out = [is_held_out(m.get(TEXT)) for m in examples]
            return self.store(TopicModel.fit(vectors, rows_of(examples), labels, self._config, held_out))
        return self._resource

    def process(self, messages: list[Message]) -> list[Message]:
        """Sets `intent`, `intent_ranking` and `topics`."""
        for message in messages:
            ranking, topics = self._read(message)
            message.set(TOPIC_SHARES, dict(ranking))
            set_ranking(message, ranking, self._config["ranking_length"])
            message.set(TOPICS, [{"name": n, "confidence": c} for n, c in topics], add_to_output=True)
        return messages

    def _read(self, message: Message) -> tuple[Ranking, Ranking]:
        vector = sentence_vector(message) if message.get(TEXT) else None
        if vector is None or self._model is None:
            return [], []
        parts = sentence_parts(message)
        stacked = np.stack([v for _, v in parts]) if parts else vector[:0]
        return self._model.read(message.get(TEXT), vector, stacked, message.get(NGRAMS))
