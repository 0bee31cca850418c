"""Five-fold cross-validation over the training examples, with the pipeline's own classifiers and settings.

Only held-out examples are scored (`whichpath/nlu/text/held_out.py`): on the others, results are too good, because the
encoder was tuned on them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import yaml

from bench.accuracy.cases import DANGER, ROOT, Case, Example
from bench.accuracy.scores import Answer, Scored
from whichpath.nlu.situation.component import SituationModel
from whichpath.nlu.text.encoder import get_encoder
from whichpath.nlu.text.held_out import is_held_out
from whichpath.nlu.text.ngrams import Ngrams, Row
from whichpath.nlu.topic.component import TopicModel

FOLDS = 5


def settings(component: str) -> dict[str, Any]:
    """The settings of a component in config.yml."""
    config = yaml.safe_load((ROOT / "config.yml").read_text(encoding="utf-8"))
    return next((c for c in config["pipeline"] if c["name"].endswith(component)), {})


def _case(example: Example) -> Case:
    known = {k: v for k, v in example.situation.items() if v != "unclear"}
    return Case(
        text=example.text,
        intents=frozenset({example.intent}),
        main=example.intent,
        slice="cross-validation",
        role=known.get("role"),
        stage=known.get("stage"),
        matter=known.get("matter"),
        danger=example.intent in DANGER,
    )


def run(examples: Sequence[Example], progress: Callable[[int, int], None]) -> list[Scored]:
    """Scores every held-out example with classifiers that were not trained on it."""
    from sklearn.model_selection import StratifiedKFold

    counts = Counter(e.intent for e in examples)
    usable = [e for e in examples if counts[e.intent] >= FOLDS]
    vectors = get_encoder().encode([e.text for e in usable])
    folds = StratifiedKFold(FOLDS, shuffle=True, random_state=7)
    scored: list[Scored] = []
    for done, (train, test) in enumerate(folds.split(usable, [e.intent for e in usable]), start=1):
        texts = [usable[i].text for i in train]
        ngrams = Ngrams.fit(texts)
        grams = [ngrams.row(text) for text in texts]
        labels, situations = [usable[i].intent for i in train], [usable[i].situation for i in train]
        held_out = [is_held_out(text) for text in texts]
        topic = TopicModel.fit(vectors[train], grams, labels, settings("TopicClassifier"), held_out)
        who = SituationModel.fit(texts, vectors[train], grams, situations, settings("SituationClassifier"))
        scored.extend(
            _read(usable[i], vectors[i], ngrams.row(usable[i].text), topic, who)
            for i in test
            if is_held_out(usable[i].text)
        )
        progress(done, FOLDS)
    return scored


def _read(example: Example, vector: np.ndarray, grams: Row, topic: TopicModel, who: SituationModel) -> Scored:
    ranking, topics = topic.read(example.text, vector, vector[:0].reshape(0, len(vector)), grams)
    name, confidence = ranking[0]
    guesses = list(who.guesses(example.text, vector, grams))
    said = {c.name: c.value for c in guesses if who.sure(c, example.text)}
    names = tuple(n for n, _ in ranking)
    further = tuple(n for n, _ in topics)
    likeliest = {c.name: (c.value, c.confidence) for c in guesses}
    found = Answer(name, confidence, names, said, name in DANGER, topics=further, guesses=likeliest)
    return Scored(_case(example), found)
