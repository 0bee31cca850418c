"""Who the person is, how far the order has come, and what it is: predictions of their own beside the topic.

Phrases that state a fact in so many words (`claims.py`) come first; where they are silent, the heads are asked.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.nlu.extractors.extractor import EntityExtractorMixin
from rasa.shared.nlu.constants import ENTITIES, INTENT, INTENT_RESPONSE_KEY, METADATA, METADATA_INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from whichpath.nlu.situation import claims, cues, flags
from whichpath.nlu.text.component import Trained
from whichpath.nlu.text.confidence import UNCLEAR, Confidence
from whichpath.nlu.text.encoder import SentenceEncoder, get_encoder, sentence_vector
from whichpath.nlu.text.held_out import is_held_out
from whichpath.nlu.text.ngrams import NGRAMS, Row, rows_of
from whichpath.nlu.text.pool import OpinionPool

#: `side` is asked of third parties only, so it learns from them alone.
HEADS = ("role", "stage", "matter", "side")
DEFAULTS: dict[str, Any] = {
    "C": 3.0,
    "balance": 0.5,
    "cue_scale": 0.5,
    # How likely a claim has to be right; below, the bot asks: a wrong claim sends somebody to the wrong courtroom.
    "thresholds": {"role": 0.76, "stage": 0.86, "matter": 0.8, "side": 0.7},
    # ... in a message of a few words: it tells one thing, where a story has decoys ("we were together five years").
    "short_thresholds": {"role": 0.68, "stage": 0.6, "matter": 0.7},
    "short": 14,
}
#: The files that a trained classifier depends on.
_MADE_OF = (
    "text/linear.py", "text/pool.py", "text/held_out.py", "text/confidence.py", "text/ngrams.py", "situation/cues.py",
    "situation/cues.yml", "situation/component.py", "text/neutral.py", "text/neutral.yml",
)  # fmt: skip
#: Labels of training examples that are no value of a fact: "denied" was a stage before outcomes were told apart.
_NO_VALUE = ("denied",)
#: Cues that show where in the text a value was read from, best first.
_SHOWN_BY: dict[str, tuple[str, ...]] = {
    "protected": ("i_filed", "order_i_filed", "my_request", "order_i_have", "against_other"),
    "restrained": ("order_against_me", "he_filed_on_me", "i_was_served", "he_filed", "against_me", "i_respond"),
    "third_party": ("kin_order", "on_kin", "for_kin", "kin_partner"),
    "none": ("none_yet",),
    "temporary": ("temporary", "hearing_ahead", "served_now"),
    "final": ("final", "years"),
    "civil_order": ("civil_words",),
    "criminal_case": ("drop_charges", "charges"),
    "criminal_no_contact_order": ("no_contact", "criminal_court"),
}


def features(text: str, sentence: np.ndarray, cue_scale: float) -> np.ndarray:
    """The sentence vector with the cues beside it."""
    return np.concatenate([sentence, cue_scale * cues.vector(get_encoder().mend(text))])


class Claim(NamedTuple):
    """What a message most likely tells of one fact, and how likely that is right (0 to 1)."""

    name: str
    value: str
    confidence: float


class SituationModel:
    """The classifier without Rasa around it: a text in, claims out."""

    def __init__(
        self, heads: dict[str, OpinionPool], confidences: Mapping[str, Confidence], settings: Mapping[str, Any]
    ) -> None:
        self.heads = heads
        self.confidences = confidences
        self._settings = {**DEFAULTS, **settings}
        self._thresholds = {**DEFAULTS["thresholds"], **settings.get("thresholds", {})}
        self._of_short = {**self._thresholds, **DEFAULTS["short_thresholds"], **settings.get("short_thresholds", {})}

    @classmethod
    def fit(
        cls,
        texts: Sequence[str],
        vectors: np.ndarray,
        grams: Sequence[Row],
        situations: Sequence[Mapping[str, str]],
        settings: Mapping[str, Any],
    ) -> SituationModel:
        """Learns one head per fact from what each text tells; a fact that is not given teaches nothing."""
        own = {**DEFAULTS, **settings}
        rows = np.stack([features(t, v, own["cue_scale"]) for t, v in zip(texts, vectors, strict=True)])
        told = [known(s) for s in situations]
        heads, confidences = {}, {}
        for name in HEADS:
            some = [i for i, given in enumerate(told) if name in given]
            if not some:
                continue
            heads[name] = OpinionPool.fit(
                rows[some],
                [grams[i] for i in some] if grams else [],
                [told[i][name] for i in some],
                c=own["C"],
                balance=own["balance"],
                held_out=[is_held_out(texts[i]) for i in some],
            )
            unseen, confidences[name] = heads[name].unseen, Confidence()
            if unseen is not None:
                truth = [told[i][name] for i in some if is_held_out(texts[i])]
                confidences[name] = Confidence.fit(unseen, heads[name].labels, truth)
        return cls(heads, confidences, settings)

    def guesses(self, text: str, vector: np.ndarray, grams: Row | None) -> Iterator[Claim]:
        """What the text most likely tells of each fact, however unlikely that is; `side` of third parties alone."""
        row = features(text, vector, self._settings["cue_scale"])
        role = None
        for name, head in self.heads.items():
            if name == "side" and role != "third_party":
                continue
            value, confidence = self.confidences[name].claim(head.probabilities(row, grams), head.labels)
            if name == "role" and confidence >= self._least(name, text):
                role = value
            if value != UNCLEAR:
                yield Claim(name, value, confidence)

    def sure(self, claim: Claim, text: str) -> bool:
        """Whether a guess can be relied upon."""
        return claim.confidence >= self._least(claim.name, text)

    def _least(self, name: str, text: str) -> float:
        """The least confidence of a claim in ``text``."""
        short = len(text.split()) <= self._settings["short"]
        return float((self._of_short if short else self._thresholds)[name])

    def read(self, text: str, vector: np.ndarray, grams: Row | None) -> Iterator[Claim]:
        """The facts that can be relied on."""
        return (claim for claim in self.guesses(text, vector, grams) if self.sure(claim, text))

    def save(self, folder: Path) -> None:
        """Writes the heads and what their claims are worth."""
        for name, head in self.heads.items():
            head.save(folder, name)
            self.confidences[name].save(folder / f"{name}_confidence.npy")

    @classmethod
    def load(cls, folder: Path, settings: Mapping[str, Any]) -> SituationModel:
        """Reads what `save` wrote."""
        names = [name for name in HEADS if (folder / f"{name}.npz").is_file()]
        confidences = {name: Confidence.load(folder / f"{name}_confidence.npy") for name in names}
        return cls({name: OpinionPool.load(folder, name) for name in names}, confidences, settings)


def known(situation: Mapping[str, str]) -> dict[str, str]:
    """The labels to learn from. An example without a situation tells nothing about anybody."""
    if not situation:
        return {"role": UNCLEAR, "stage": UNCLEAR, "matter": UNCLEAR}
    return {name: str(situation[name]) for name in HEADS if situation.get(name)}


def situation_of(message: Message) -> dict[str, str]:
    """What the block of a training example tells about the person."""
    given = (message.get(METADATA) or {}).get(METADATA_INTENT)
    return given if isinstance(given, dict) else {}


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=True)
class SituationClassifier(Trained[SituationModel], EntityExtractorMixin):
    """Reads role, stage, matter and side, and claims them only where it can be relied upon."""

    DEFAULTS = DEFAULTS
    MADE_OF = _MADE_OF

    @classmethod
    def required_components(cls) -> list[type]:
        """The sentence vectors have to be there."""
        return [SentenceEncoder]

    @classmethod
    def read(cls, folder: Path, config: dict[str, Any]) -> SituationModel:
        """The model in ``folder``."""
        return SituationModel.load(folder, config)

    def train(self, training_data: TrainingData) -> Resource:
        """Fits one head per question on the labels in the examples' metadata.

        An example of an intent without labels tells nothing of anybody; one of a question was never labelled.
        """
        examples = [
            m
            for m in training_data.intent_examples
            if m.get(TEXT) and m.get(INTENT) and (situation_of(m) or not m.get(INTENT_RESPONSE_KEY))
        ]
        if examples:
            model = SituationModel.fit(
                [m.get(TEXT) for m in examples],
                np.stack([sentence_vector(m) for m in examples]),
                rows_of(examples),
                [situation_of(m) for m in examples],
                self._config,
            )
            return self.store(model)
        return self._resource

    def process(self, messages: list[Message]) -> list[Message]:
        """Adds the entities that can be relied upon."""
        for message in messages:
            text = message.get(TEXT)
            if text:
                stated = list(claims.read(get_encoder().mend(text)))
                settled = {s.name for s in stated}
                guessed = [e for e in self._claims(text, message) if e["entity"] not in settled]
                found = [*self._stated(text, stated), *guessed, *self._patterns(text)]
                message.set(ENTITIES, message.get(ENTITIES, []) + found, add_to_output=True)
        return messages

    def _claims(self, text: str, message: Message) -> Iterator[dict[str, Any]]:
        vector = sentence_vector(message)
        if vector is None or self._model is None:
            return
        guesses = list(self._model.guesses(text, vector, message.get(NGRAMS)))
        told = {g.name: {"value": g.value, "confidence": round(g.confidence, 4)} for g in guesses}
        message.set("situation", told, add_to_output=True)
        for name, value, confidence in (g for g in guesses if self._model.sure(g, text)):
            if value in _NO_VALUE:
                continue
            start, end = cues.span(text, _SHOWN_BY.get(value, ()))
            yield self._entity(name, value, start, end, confidence)

    def _stated(self, text: str, stated: Sequence[claims.Stated]) -> Iterator[dict[str, Any]]:
        """What the text states; a fact without a value is one that it contradicts itself about."""
        aligned = get_encoder().aligned(text)
        for claim in stated:
            if claim.value is not None:
                start, end = aligned.original(claim.start, claim.end)
                yield self._entity(claim.name, claim.value, start, end, claim.confidence)

    def _patterns(self, text: str) -> Iterator[dict[str, Any]]:
        for flag in flags.flags(text):
            yield self._entity("flag", flag.value, flag.start, flag.end, 1.0)
        if chosen := flags.choice(text):
            yield self._entity("choice", chosen.value, chosen.start, chosen.end, 1.0)
        if back := flags.vague(text):
            yield self._entity("follow_up", back.value, back.start, back.end, 1.0)

    def _entity(self, name: str, value: str, start: int, end: int, confidence: float) -> dict[str, Any]:
        return {
            "entity": name,
            "value": value,
            "start": start,
            "end": end,
            "confidence": round(confidence, 4),
            "extractor": type(self).__name__,
        }
