"""Five-fold cross-validation over the training examples, with the pipeline's own classifiers and settings."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import yaml

from bench.cases import DANGER, ROOT, Case, Example
from bench.scores import Answer, Scored

FOLDS = 5


def settings(component: str) -> dict[str, Any]:
    """A component's part of config.yml."""
    config = yaml.safe_load((ROOT / "config.yml").read_text(encoding="utf-8"))
    return next((c for c in config["pipeline"] if c["name"].endswith(component)), {})


def _case(example: Example) -> Case:
    told = {k: v for k, v in example.situation.items() if v != "unclear"}
    return Case(
        text=example.text,
        intents=frozenset({example.intent}),
        main=example.intent,
        slice="cross-validation",
        role=told.get("role"),
        stage=told.get("stage"),
        matter=told.get("matter"),
        danger=example.intent in DANGER,
    )


def run(examples: Sequence[Example], progress: Callable[[int, int], None]) -> list[Scored]:
    """Every example is read by classifiers that have not seen it."""
    from sklearn.model_selection import StratifiedKFold

    from nlu.intent import TopicModel
    from nlu.situation import SituationModel

    texts = [e.text for e in examples]
    counts = {e.intent: sum(o.intent == e.intent for o in examples) for e in examples}
    usable = np.array([i for i, e in enumerate(examples) if counts[e.intent] >= FOLDS])
    labels = np.array([examples[i].intent for i in usable])
    folds = StratifiedKFold(FOLDS, shuffle=True, random_state=7).split(usable, labels)
    scored: list[Scored] = []
    for done, (train, test) in enumerate(folds, start=1):
        rows = [examples[i] for i in usable[train]]
        topic = TopicModel.fit([e.text for e in rows], [e.intent for e in rows], settings("TopicClassifier"))
        who = SituationModel.fit(
            [e.text for e in rows], [dict(e.situation) for e in rows], settings("SituationClassifier")
        )
        for i in usable[test]:
            ranking, topics = topic.read(texts[i])
            name, confidence = ranking[0]
            said = {c.name: c.value for c in who.read(texts[i])}
            names = tuple(n for n, _ in ranking)
            found = Answer(name, confidence, names, said, name in DANGER, None, tuple(n for n, _ in topics))
            scored.append(Scored(_case(examples[i]), found))
        progress(done, FOLDS)
    return scored
