"""Explains how a message is understood and why the answer follows: ``make explain TEXT="…"``."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from whichpath import logs
from whichpath.console import Stop
from whichpath.library.entries import Answers, load_answers
from whichpath.library.files import read_yaml
from whichpath.library.situation import Situation
from whichpath.pathway import conversation, ranking
from whichpath.pathway.talk import Talk, learned
from whichpath.pathway.turn import Dialogue, Reading, Tell, reading_of
from whichpath.server import lean, quick
from whichpath.server.train import newest_model
from whichpath.settings import ROOT

#: How many topics, questions and nearest examples are shown.
TOPICS, QUESTIONS, EXAMPLES = 4, 5, 3


class Explainer:
    """Runs the components of a trained model one by one."""

    def __init__(self) -> None:
        """Loads the newest model.

        Raises:
            Stop: there is none.
        """
        model = newest_model()
        if model is None:
            raise Stop("There is no model in models/: run `make train`.")
        logs.configure()
        lean.install(model)
        quick.install()
        from rasa.core.agent import Agent

        self._agent = Agent.load(str(model))
        runner = self._agent.processor.graph_runner
        nodes = runner._instantiated_nodes.values()
        self._parts = {type(part).__name__: part for node in nodes if (part := node._component) is not None}
        self.answers: Answers = load_answers()

    def lines(self, text: str, known: Situation) -> Iterator[str]:
        """The explanation of one message, given the known situation."""
        parsed = asyncio.run(self._agent.parse_message(text))
        message = self._message(text)
        yield from self._text(text)
        yield from self._topics(parsed, message)
        yield from self._questions(parsed, message)
        yield from _facts(text, parsed)
        yield from _danger(text, parsed)
        yield from self._answer(reading_of(parsed), known)

    def _message(self, text: str) -> Any:
        from rasa.shared.nlu.constants import TEXT
        from rasa.shared.nlu.training_data.message import Message

        message = Message({TEXT: text})
        for name in ("SentenceEncoder", "NgramFeaturizer"):
            self._parts[name].process([message])
        return message

    @staticmethod
    def _text(text: str) -> Iterator[str]:
        from whichpath.nlu.text.encoder import get_encoder

        mended = get_encoder().mend(text)
        yield f"text       {text}"
        yield f"corrected  {'as it is' if mended == text else mended}"

    def _topics(self, parsed: dict[str, Any], message: Any) -> Iterator[str]:
        yield "\ntopic                         share   vector  n-grams"
        model, vector, grams = self._parts["TopicClassifier"]._model, *_features(message)
        dense = sparse = None
        if model is not None and vector is not None:
            dense = _softmax(model.head.dense.scores(vector[np.newaxis]))[0]
            if model.head.grams is not None and grams is not None:
                sparse = model.head.grams.probabilities(grams)
        for row in [r for r in parsed.get("intent_ranking") or () if r["name"] != "nlu_fallback"][:TOPICS]:
            at = model.head.labels.index(row["name"]) if model and row["name"] in model.head.labels else None
            yield f"  {row['name']:27} {row['confidence']:5.2f}   {_share(dense, at)}   {_share(sparse, at)}"
        yield f"  taken as {parsed['intent']['name']}"

    def _questions(self, parsed: dict[str, Any], message: Any) -> Iterator[str]:
        rows = (parsed.get("questions") or ())[:QUESTIONS]
        model, vector, grams = self._parts["QuestionClassifier"]._model, *_features(message)
        if not rows or model is None or vector is None:
            yield "\nquestion   none: the model knows no entries, run `make train`"
            return
        yield "\nquestion                      share   vector  n-grams nearest"
        opinions = [np.exp(opinion) for opinion in model.opinions(vector, grams)]
        for row in rows:
            at = model.labels.index(row["name"])
            yield f"  {row['name']:27} {row['confidence']:5.2f}   " + "   ".join(_share(o, at) for o in opinions)
        yield "  nearest examples:"
        for near, label, example in self._nearest(vector, [row["name"] for row in rows]):
            yield f"  {near:.2f}  {label}: {example}"

    def _nearest(self, vector: np.ndarray, labels: Sequence[str]) -> list[tuple[float, str, str]]:
        from whichpath.nlu.text.encoder import get_encoder

        rows = [(label, text) for label in labels for text in self._examples(label)]
        if not rows:
            return []
        near = get_encoder().encode([text for _, text in rows]) @ vector
        return [(float(near[i]), *rows[i]) for i in np.argsort(-near)[:EXAMPLES]]

    def _examples(self, label: str) -> list[str]:
        if label not in self.answers:
            return []
        topic = self.answers[label].topic
        blocks = (read_yaml(ROOT / "data" / "nlu" / topic / "questions.yml") or {}).get("nlu") or ()
        texts = next((b["examples"] for b in blocks if b.get("intent") == f"{topic}/{label}"), "")
        return [line.strip()[2:] for line in texts.splitlines() if line.strip().startswith("- ")]

    def _answer(self, reading: Reading, known: Situation) -> Iterator[str]:
        talk = learned(Talk(reading, known, Dialogue(), self.answers))
        found = ranking.ranked(talk)
        facts = {k: v for k, v in vars(talk.situation).items() if v}
        yield f"\nknown      {', '.join(f'{k}: {v}' for k, v in facts.items()) or 'nothing'}"
        yield f"shares     of what fits: best {found.best:.2f}, a path {found.path:.2f}; ruled out {found.dropped:.2f}"
        yield f"           answered from {ranking.TELL}, offered from {ranking.OFFER}, sure from {ranking.STRONG}"
        for entry, share in found.entries[:3]:
            fitting = ", ".join(str(n + 1) for n in entry.choices(talk.situation))
            yield f"  {entry.id:27} {share:5.2f}   variants that fit: {fitting} of {len(entry.variants)}"
        turn = conversation.respond(reading, known, Dialogue(), self.answers)
        for said in turn.messages:
            if isinstance(said, Tell):
                entry, variant = self.answers[said.entry], self.answers[said.entry].variants[said.variant]
                kind = "path" if entry.topic == "path" else f"entry of {entry.topic}"
                fits = dict(variant.fits) or "everybody"
                yield f"\ntells      {entry.id}, variant {said.variant + 1} ({kind}; fits {fits})"
                yield f"           {variant.answer}"
            else:
                yield f"\nsays       {said}"


def _features(message: Any) -> tuple[Any, Any]:
    from whichpath.nlu.text.encoder import sentence_vector
    from whichpath.nlu.text.ngrams import NGRAMS

    return sentence_vector(message), message.get(NGRAMS)


def _softmax(scores: Any) -> Any:
    from whichpath.nlu.text.linear import softmax

    return softmax(scores)


def _share(shares: Any, at: int | None) -> str:
    return "    -" if shares is None or at is None else f"{float(shares[at]):5.2f}"


def _facts(text: str, parsed: dict[str, Any]) -> Iterator[str]:
    from whichpath.nlu.situation import cues
    from whichpath.nlu.text.encoder import get_encoder

    yield "\nfact       value              sure  by"
    for entity in parsed.get("entities") or ():
        words = text[entity.get("start") or 0 : entity.get("end") or 0]
        by = f"{entity.get('extractor', '')}: «{words}»"
        yield f"  {entity['entity']:8} {entity['value']!s:18} {entity.get('confidence', 1.0):.2f}  {by}"
    fired = [name for name, on in zip(cues.NAMES, cues.vector(get_encoder().mend(text)), strict=True) if on]
    yield f"  cues     {', '.join(fired) or 'none'}"


def _danger(text: str, parsed: dict[str, Any]) -> Iterator[str]:
    from whichpath.nlu.danger import patterns

    read, found = patterns.read(text), parsed.get("danger") or {}
    how = f"pattern {', '.join(read.groups)}" if read.groups else "no pattern"
    held = [name for name in ("held_back", "denied", "calm", "despair") if getattr(read, name, False)]
    kind = parsed["intent"]["name"] if parsed["intent"]["name"] in ("danger", "self_harm") else "none"
    by = "" if kind == "none" else " by the head" if not read.groups else " by a pattern"
    yield f"\ndanger     {kind}{by} ({how}{'; ' + ', '.join(held) if held else ''}) {found or ''}".rstrip()
