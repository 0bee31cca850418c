"""The topic classifier on a small model of its own: quick, and independent of the training data."""

from __future__ import annotations

import numpy as np
import pytest

from nlu.intent import TopicModel
from nlu.linear import LinearHead

EXAMPLES = {
    "end_order": [
        "how do i cancel the order i filed",
        "I want to drop my restraining order",
        "take back the tro i got on my husband",
        "i changed my mind and want the order gone",
        "dismiss my own protective order",
    ],
    "ask_guns": [
        "can i keep my guns",
        "do i have to give up my rifle because of the order",
        "firearms and restraining orders",
        "when do i get my pistol back",
        "am i allowed to hunt with an order on me",
    ],
    "ask_lawyer": [
        "do i need a lawyer",
        "how can i find a free attorney",
        "i can not afford a lawyer for this",
        "does the court give me a public defender",
        "legal aid near me",
    ],
}


@pytest.fixture(scope="module")
def model() -> TopicModel:
    pairs = [(text, intent) for intent, texts in EXAMPLES.items() for text in texts]
    return TopicModel.fit([t for t, _ in pairs], [i for _, i in pairs], {"topic_threshold": 0.5})


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("please help me withdraw the protection order i asked for", "end_order"),
        ("will they take my shotgun", "ask_guns"),
        ("should i hire an attorney", "ask_lawyer"),
    ],
)
def test_new_words_for_a_known_topic(model: TopicModel, text: str, intent: str) -> None:
    ranking, topics = model.read(text)
    assert ranking[0][0] == intent
    assert topics == []
    assert sum(confidence for _, confidence in ranking) == pytest.approx(1.0, abs=1e-4)


def test_further_topics_of_a_long_message(model: TopicModel) -> None:
    ranking, topics = model.read("I want to drop the restraining order I filed. Do I need a lawyer for that?")
    found = {ranking[0][0], *(name for name, _ in topics)}
    assert {"end_order", "ask_lawyer"} <= found
    assert ranking[0][0] not in {name for name, _ in topics}


@pytest.mark.parametrize("text", ["2", "option 2", "the second one", "#3", "2."])
def test_a_bare_choice_is_an_answer(model: TopicModel, text: str) -> None:
    assert model.read(text) == ([("inform", 1.0)], [])


def test_head_survives_saving(tmp_path, model: TopicModel) -> None:
    path = tmp_path / "head.npz"
    model.head.save(path)
    loaded = LinearHead.load(path)
    row = np.ones((1, model.head.weights.shape[0]), np.float32)
    assert loaded.labels == model.head.labels
    assert np.allclose(loaded.probabilities(row), model.head.probabilities(row))


def test_head_with_two_labels_and_with_one() -> None:
    random = np.random.default_rng(1)
    rows = np.concatenate([random.normal(1, 0.3, (20, 4)), random.normal(-1, 0.3, (20, 4))]).astype(np.float32)
    head = LinearHead.fit(rows, ["up"] * 20 + ["down"] * 20)
    assert head.ranking(np.ones(4, np.float32))[0][0] == "up"
    assert LinearHead.fit(rows, ["only"] * 40).ranking(rows[0]) == [("only", 1.0)]
