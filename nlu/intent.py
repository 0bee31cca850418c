"""Which topic a message is about, and which further topics a long message asks about."""

from __future__ import annotations

from typing import Any

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from nlu.encoder import SentenceEncoder, sentence_parts, sentence_vector
from nlu.flags import choice
from nlu.linear import LinearHead

TOPICS = "topics"
#: Small talk and answers to a question are no topics that a person could want an answer card for.
_NO_TOPIC = frozenset(
    "inform affirm deny not_sure ask_why correct out_of_scope greet goodbye thank bot_challenge help restart human "
    "ask_privacy erase feedback danger self_harm misuse nlu_fallback".split()
)


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class TopicClassifier(IntentClassifier, GraphComponent):
    """Logistic regression over the dense sentence feature alone; sparse features beside it would drown it."""

    @classmethod
    def required_components(cls) -> list[type]:
        """The sentence vectors have to be there."""
        return [SentenceEncoder]

    @staticmethod
    def required_packages() -> list[str]:
        """What must be importable for this component to run."""
        return ["sklearn"]

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """The component's default configuration."""
        return {
            "C": 10.0,
            "balance": 0.5,
            "ranking_length": 10,
            # A further topic is offered to the person, never answered unasked: better one too few.
            "topic_threshold": 0.6,
            # How much the parts of a long message count beside the whole of it.
            "parts_weight": 0.5,
        }

    def __init__(
        self,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        head: LinearHead | None = None,
    ) -> None:
        self._config = config
        self._model_storage = model_storage
        self._resource = resource
        self._head = head

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> TopicClassifier:
        """Creates an untrained classifier."""
        return cls(config, model_storage, resource)

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> TopicClassifier:
        """Loads a trained classifier."""
        with model_storage.read_from(resource) as folder:
            return cls(config, model_storage, resource, LinearHead.load(folder / "intent.npz"))

    def train(self, training_data: TrainingData) -> Resource:
        """Fits the head on every example that has a text and an intent."""
        examples = [m for m in training_data.intent_examples if m.get(TEXT) and m.get(INTENT)]
        if examples:
            features = np.stack([sentence_vector(m) for m in examples])
            labels = [m.get(INTENT) for m in examples]
            self._head = LinearHead.fit(features, labels, c=self._config["C"], balance=self._config["balance"])
            with self._model_storage.write_to(self._resource) as folder:
                self._head.save(folder / "intent.npz")
        return self._resource

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Training examples keep their labels: no component after this one learns from predictions."""
        return training_data

    def process(self, messages: list[Message]) -> list[Message]:
        """Sets `intent`, `intent_ranking` and `topics`."""
        for message in messages:
            ranking, topics = self._read(message)
            message.set(INTENT, ranking[0] if ranking else {"name": None, "confidence": 0.0}, add_to_output=True)
            message.set("intent_ranking", ranking[: self._config["ranking_length"]], add_to_output=True)
            message.set(TOPICS, topics, add_to_output=True)
        return messages

    def _read(self, message: Message) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
        """The ranking and the further topics of one message."""
        vector = sentence_vector(message) if message.get(TEXT) else None
        if vector is None or self._head is None:
            return [], []
        if choice(message.get(TEXT)):
            # A bare number answers a question, whatever its vector lies next to.
            return [{"name": "inform", "confidence": 1.0}], []
        whole = self._head.probabilities(vector[np.newaxis])[0]
        parts = sentence_parts(message)
        by_part = self._head.probabilities(np.stack([v for _, v in parts])) if parts else whole[np.newaxis]
        ranking = self._ranked(self._combine(whole, by_part))
        return ranking, self._further(by_part, ranking[0]["name"])

    def _combine(self, whole: np.ndarray, parts: np.ndarray) -> np.ndarray:
        """Long stories dilute the mean of all their words; the part that asks says it best."""
        share = self._config["parts_weight"] if len(parts) > 1 else 0.0
        loudest = parts.max(axis=0)
        return (1 - share) * whole + share * loudest / loudest.sum()

    def _ranked(self, probabilities: np.ndarray) -> list[dict[str, Any]]:
        labels = self._head.labels if self._head else []
        return [{"name": labels[i], "confidence": float(probabilities[i])} for i in np.argsort(-probabilities)]

    def _further(self, parts: np.ndarray, main: str) -> list[dict[str, Any]]:
        best: dict[str, float] = {}
        for ranked in (self._ranked(p)[0] for p in parts):
            name, confidence = ranked["name"], ranked["confidence"]
            if confidence >= self._config["topic_threshold"] and name != main and name not in _NO_TOPIC:
                best[name] = max(confidence, best.get(name, 0.0))
        return [{"name": n, "confidence": c} for n, c in sorted(best.items(), key=lambda item: -item[1])]
