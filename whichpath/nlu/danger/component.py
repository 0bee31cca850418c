"""Puts danger first: found by patterns (`danger_patterns.py`), or thought likely by a classifier of its own."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from whichpath.nlu.danger.head import DANGER, SELF_HARM, DangerModel, Likely, danger_of
from whichpath.nlu.danger.head import DEFAULTS as HEAD
from whichpath.nlu.danger.patterns import Reading, read
from whichpath.nlu.danger.patterns_library import library
from whichpath.nlu.situation.component import situation_of
from whichpath.nlu.text.component import Trained
from whichpath.nlu.text.encoder import SentenceEncoder, get_encoder, sentence_parts, sentence_vector
from whichpath.nlu.text.held_out import is_held_out
from whichpath.nlu.text.ngrams import NGRAMS, rows_of
from whichpath.nlu.topic.component import OFF_TOPIC

DEFAULTS: dict[str, Any] = {
    **HEAD,
    # How likely danger has to be where the patterns see nothing. What was measured: docs/decisions/0002.
    "threshold": 0.5,
    # ... where the topic is none of ours: "my phone died" and "kill this process" sound like danger,
    "off_topic_threshold": 0.55,
    # ... where they saw a memory, an accusation or a question about violence,
    "held_back_threshold": 0.55,
    # ... where the message denies it: "not afraid" looks much like "afraid",
    "denied_threshold": 0.75,
    # ... where it is a question of law or contact without any word of alarm: "she keeps calling me", "can he see
    # the baby",
    "calm_threshold": 0.9,
    # ... where the wish to die is all it could be, and no word tells of it: "end it", "so i just dont go", "so tired",
    "no_despair_threshold": 0.95,
    # ... and for one sentence of a long story, if the whole leaves a doubt. Alone, a sentence sounds worse than it is.
    "sentence_threshold": 0.98,
    "doubt": 0.1,
    # ... for a message of a few words, of which the patterns know none.
    "short_threshold": 0.9,
    # ... for the whole of a long story of which the patterns know nothing. Most are of the past.
    "story_threshold": 0.9,
    # From here on the hotline is named below the answer, without an alarm: what is told is past, or somebody else's.
    "support": 0.1,
    # ... by one sentence of a story; and surely so, whoever tells it: the accused tell what they are accused of.
    "support_sentence": 0.7,
    "support_sure": 0.97,
    # ... or by so many different words of violence or fear in a long story.
    "support_words": 2,
}
#: Wishes that are legal topics though their names do not start with "ask".
LEGAL_GOALS = frozenset({
    "end_order", "contest_order", "modify_order", "drop_charges", "get_order", "keep_order", "extend_order",
    "enforce_order",
})  # fmt: skip

#: Words of a short message, of one that can tell what happened, of a story, and of a long one.
SHORT, TELLING, STORY, LONG_STORY = 4, 8, 30, 45
#: The message attribute for what calls for the hotline though nothing threatens now: "likely" or "sure".
SUPPORT = "support"


def is_legal_topic(name: str | None) -> bool:
    """Whether an intent asks about the law, as opposed to small talk and answers to a question."""
    if not name:
        return False
    asks = name.startswith("ask_") and name not in ("ask_why", "ask_privacy")
    return asks or name in LEGAL_GOALS


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class DangerDetector(Trained[DangerModel]):
    """Sets `danger` and makes it the intent, whatever else the message asks."""

    DEFAULTS = DEFAULTS
    MADE_OF = ("text/linear.py", "text/pool.py", "text/held_out.py", "text/ngrams.py", "danger/head.py")

    @classmethod
    def required_components(cls) -> list[type]:
        """The sentence vectors have to be there."""
        return [SentenceEncoder]

    @classmethod
    def prepare(cls) -> None:
        """Reads the patterns: they work also without a trained classifier."""
        library()

    @classmethod
    def read(cls, folder: Path, config: dict[str, Any]) -> DangerModel:
        """The model in ``folder``."""
        return DangerModel.load(folder)

    def train(self, training_data: TrainingData) -> Resource:
        """Fits the classifier on what each example tells: its block's `danger`, else its intent."""
        examples = [m for m in training_data.intent_examples if m.get(TEXT) and m.get(INTENT)]
        if examples:
            vectors = np.stack([sentence_vector(m) for m in examples])
            labels = [danger_of(m.get(INTENT), situation_of(m)) for m in examples]
            held_out = [is_held_out(m.get(TEXT)) for m in examples]
            return self.store(DangerModel.fit(vectors, rows_of(examples), labels, self._config, held_out))
        return self._resource

    def process(self, messages: list[Message]) -> list[Message]:
        """Sets `danger`, and the intent where there is one."""
        for message in messages:
            reading = read(message.get(TEXT) or "")
            kind = reading.kind
            # Of letters at random the classifier knows nothing.
            found = None if kind or not get_encoder().knows(message.get(TEXT) or "") else self._found(message)
            if found:
                kind = self._likely(message, reading, found)
            if kind:
                self._put_first(message, kind, reading.groups)
                continue
            _take_back(message, reading)
            if found and (support := self._support(message, reading, found)):
                message.set(SUPPORT, support, add_to_output=True)
        return messages

    def _found(self, message: Message) -> Likely | None:
        """What the classifier makes of a message."""
        vector = sentence_vector(message)
        if vector is None or self._model is None:
            return None
        parts = [v for _, v in sentence_parts(message)]
        return self._model.read(vector, message.get(NGRAMS), np.stack(parts) if parts else None)

    def _support(self, message: Message, reading: Reading, found: Likely) -> str | None:
        """Whether what is told calls for the hotline, though nothing threatens now."""
        words = len((message.get(TEXT) or "").split())
        told = words >= LONG_STORY and reading.told >= self._config["support_words"]
        if found.kind != DANGER or words < TELLING:
            return "likely" if told else None
        if words >= LONG_STORY and found.likelihood >= self._config["threshold"]:
            return "sure"
        if words >= STORY and found.loudest >= self._config["support_sure"]:
            return "sure"
        loud = words >= STORY and found.loudest >= self._config["support_sentence"]
        return "likely" if told or loud or found.likelihood >= self._config["support"] else None

    def _likely(self, message: Message, reading: Reading, found: Likely) -> str | None:
        """What the classifier thinks likely enough."""
        if reading.denied:
            enough = self._config["denied_threshold"]
        elif reading.held_back:
            enough = self._config["held_back_threshold"]
        elif found.loudest >= self._config["sentence_threshold"]:
            enough = self._config["doubt"]
        else:
            enough = self._config["threshold"]
        words = len((message.get(TEXT) or "").split())
        if words >= LONG_STORY and found.kind == DANGER:
            enough = max(enough, self._config["story_threshold"])
        if (message.get(INTENT) or {}).get("name") == OFF_TOPIC:
            enough = max(enough, self._config["off_topic_threshold"])
        if words <= SHORT:
            # In three or four words, what threatens is a phrase that the patterns know.
            enough = max(enough, self._config["short_threshold"])
        if reading.calm:
            enough = max(enough, self._config["calm_threshold"])
        if found.kind == SELF_HARM and (reading.denied or not reading.despair):
            enough = max(enough, self._config["no_despair_threshold"])
        return found.kind if found.likelihood >= enough else None

    @staticmethod
    def _put_first(message: Message, kind: str, groups: tuple[str, ...]) -> None:
        ranking = list(message.get("intent_ranking") or [])
        others = [r for r in ranking if r["name"] not in (DANGER, SELF_HARM, "nlu_fallback")]
        nothing: dict[str, Any] = {"name": None, "confidence": 0.0}
        legal = others[0] if others and is_legal_topic(others[0]["name"]) else nothing
        found = {
            "kind": kind,
            "groups": list(groups),
            "legal_intent": legal["name"],
            "legal_confidence": float(legal["confidence"]),
        }
        top = {"name": kind, "confidence": 1.0}
        message.set("danger", found, add_to_output=True)
        message.set(INTENT, top, add_to_output=True)
        message.set("intent_ranking", [top, *(r for r in ranking if r["name"] != kind)], add_to_output=True)


def _take_back(message: Message, reading: Reading) -> None:
    """Drops danger as a topic where the message cannot mean it: a few words, a denial, no word of alarm or despair."""
    name = (message.get(INTENT) or {}).get("name")
    few = len((message.get(TEXT) or "").split()) <= SHORT
    doubtful = few or reading.calm or reading.denied or (name == SELF_HARM and not reading.despair)
    if name not in (DANGER, SELF_HARM) or not doubtful:
        return
    ranking = [r for r in message.get("intent_ranking") or [] if r["name"] not in (DANGER, SELF_HARM)]
    message.set("intent_ranking", ranking, add_to_output=True)
    message.set(INTENT, ranking[0] if ranking else {"name": "nlu_fallback", "confidence": 0.0}, add_to_output=True)
