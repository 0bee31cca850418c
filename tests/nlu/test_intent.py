"""The topic classifier on a small model: fast, and independent of the training data."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from whichpath.nlu.situation.flags import vague
from whichpath.nlu.text.encoder import get_encoder
from whichpath.nlu.text.linear import LinearHead
from whichpath.nlu.text.ngrams import Ngrams
from whichpath.nlu.text.pool import LEAST_FRESH, OpinionPool, Weights
from whichpath.nlu.text.sentences import split
from whichpath.nlu.topic.component import Ranking, TopicModel

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
    vectors = get_encoder().encode([t for t, _ in pairs])
    return TopicModel.fit(vectors, [], [i for _, i in pairs], {"topic_threshold": 0.5})


def read(model: TopicModel, text: str) -> tuple[Ranking, Ranking]:
    parts = [p.text for p in split(text)]
    vectors = get_encoder().encode([text, *parts])
    return model.read(text, vectors[0], vectors[1:] if len(parts) > 1 else vectors[:0], None)


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("please help me withdraw the protection order i asked for", "end_order"),
        ("will they take my shotgun", "ask_guns"),
        ("should i hire an attorney", "ask_lawyer"),
    ],
)
def test_new_words_for_a_known_topic(model: TopicModel, text: str, intent: str) -> None:
    ranking, topics = read(model, text)
    assert ranking[0][0] == intent
    assert topics == []
    assert sum(confidence for _, confidence in ranking) == pytest.approx(1.0, abs=1e-4)


def test_further_topics_of_a_long_message(model: TopicModel) -> None:
    ranking, topics = read(model, "I want to drop the restraining order I filed. Do I need a lawyer for that?")
    found = {ranking[0][0], *(name for name, _ in topics)}
    assert {"end_order", "ask_lawyer"} <= found
    assert ranking[0][0] not in {name for name, _ in topics}


@pytest.mark.parametrize("text", ["2", "option 2", "the second one", "#3", "2."])
def test_a_bare_choice_is_an_answer(model: TopicModel, text: str) -> None:
    assert read(model, text) == ([("inform", 1.0)], [])


OFF_TOPIC = [
    "my landlord wants me out by friday",
    "how do i fight a speeding ticket",
    "my boss did not pay my last check",
    "do i need a lawyer to write a will",
    "the bank wants to take my house",
    "my neighbor's dog bit me, can i sue",
]
ANSWERS = ["yes", "ohio", "i am not sure", "number two please", "the judge said no", "tomorrow"]


def test_another_law_is_refused_and_an_answer_is_not() -> None:
    pairs = [(text, intent) for intent, texts in EXAMPLES.items() for text in texts]
    pairs += [(text, "out_of_scope") for text in OFF_TOPIC] + [(text, "inform") for text in ANSWERS]
    vectors = get_encoder().encode([t for t, _ in pairs])
    model = TopicModel.fit(vectors, [], [i for _, i in pairs], {"refuse_from": 0.3})
    ranking, _ = read(model, "my landlord did not give my deposit back, can i sue him")
    assert ranking[0][0] == "out_of_scope"
    assert ranking[0][1] >= 0.5
    assert sum(confidence for _, confidence in ranking) == pytest.approx(1.0, abs=1e-4)
    assert read(model, "take back the protective order that i filed")[0][0][0] == "end_order"
    assert read(model, "ohio")[0][0][0] == "inform"
    assert model.off_topic is not None
    assert "inform" not in model.off_topic.labels


def test_without_off_topic_examples_nothing_is_refused(model: TopicModel) -> None:
    assert model.off_topic is None


def test_heads_survive_saving(tmp_path: Path) -> None:
    texts = [text for texts in EXAMPLES.values() for text in texts]
    labels = [intent for intent, texts in EXAMPLES.items() for _ in texts]
    ngrams = Ngrams.fit(texts, (2, 3))
    vectors = get_encoder().encode(texts)
    head = OpinionPool.fit(vectors, [ngrams.row(text) for text in texts], labels, c=5.0, balance=0.5)
    head.save(tmp_path, "head")
    ngrams.save(tmp_path)
    row = ngrams.row("may i keep my rifle")
    loaded, again = OpinionPool.load(tmp_path, "head"), Ngrams.load(tmp_path).row("may i keep my rifle")
    assert loaded.labels == head.labels
    assert np.allclose(loaded.probabilities(vectors[0], again), head.probabilities(vectors[0], row), atol=1e-5)


def test_head_with_two_labels_and_with_one() -> None:
    random = np.random.default_rng(1)
    rows = np.concatenate([random.normal(1, 0.3, (20, 4)), random.normal(-1, 0.3, (20, 4))]).astype(np.float32)
    head = LinearHead.fit(rows, ["up"] * 20 + ["down"] * 20)
    assert head.labels[head.probabilities(np.ones((1, 4), np.float32))[0].argmax()] == "up"
    only = LinearHead.fit(rows, ["only"] * 40)
    assert only.labels == ["only"] and only.probabilities(rows[:1]) == 1.0


def test_a_head_of_some_examples_reads_ngrams_that_only_others_have() -> None:
    """The off-topic head is not trained on "zebra", but a person may type it."""
    ngrams = Ngrams.fit(
        ["drop my order", "drop his order", "keep my lease", "keep his lease", *["zzz zebra"] * 3], (2, 3)
    )
    some = [ngrams.row(text) for text in ("drop my order", "drop his order", "keep my lease", "keep his lease")]
    vectors = np.eye(4, dtype=np.float32)
    head = OpinionPool.fit(vectors, some, ["ours", "ours", "other", "other"], c=1.0, balance=0.0)
    row = ngrams.row("zzz zebra")
    assert row.indices.max() > max(r.indices.max() for r in some)
    assert head.probabilities(vectors[0], row).sum() == pytest.approx(1.0, abs=1e-4)


def test_a_text_without_known_ngrams_is_left_to_the_vector() -> None:
    ngrams = Ngrams.fit(["drop my order", "drop his order", "keep my order"], (2, 3))
    assert len(ngrams.row("zzz").indices) == 0
    assert len(ngrams.row("drop my order").indices) > 5


@pytest.mark.parametrize(
    "text",
    [
        "and then?",
        "what about the other thing",
        "can you explain more",
        "is that bad",
        "ok which one",
        "do I need that?",
    ],
)
def test_words_that_only_point_back_are_no_topic(model: TopicModel, text: str) -> None:
    assert read(model, text) == ([("nlu_fallback", 1.0)], [])


@pytest.mark.parametrize(
    "text", ["do i need a lawyer", "what is this", "where do i get one", "what about my guns", "yes", "that's right"]
)
def test_words_that_say_something_are_no_pointer(text: str) -> None:
    assert vague(text) is None


def test_questions_in_a_row_are_further_topics(model: TopicModel) -> None:
    ranking, topics = read(model, "how do i cancel the order i filed, can i keep my guns and do i need a lawyer")
    assert {ranking[0][0], *(name for name, _ in topics)} == {"end_order", "ask_guns", "ask_lawyer"}


def test_weights_follow_what_each_head_knows_of_fresh_messages() -> None:
    """The vectors determine the labels except on held-out examples, where only the n-grams are right."""
    random = np.random.default_rng(2)
    many = 6 * LEAST_FRESH
    labels = ["ours" if i % 2 else "other" for i in range(many)]
    held_out = [i % 3 == 0 for i in range(many)]
    ngrams = Ngrams.fit(["drop my order", "keep my lease"] * 3, (2, 3))
    rows = [ngrams.row("drop my order" if label == "ours" else "keep my lease") for label in labels]
    side = np.array([1.0 if label == "ours" else -1.0 for label in labels])
    told = np.where(held_out, random.choice([-1.0, 1.0], many), side)
    vectors = np.stack([told, np.ones(many)], axis=1).astype(np.float32)
    pool = OpinionPool.fit(vectors, rows, labels, c=5.0, balance=0.5, held_out=held_out)
    assert pool.weights.grams > 5 * abs(pool.weights.dense)
    assert pool.unseen is not None
    assert pool.unseen.shape == (sum(held_out), 2)
    without = OpinionPool.fit(vectors, rows, labels, c=5.0, balance=0.5)
    assert without.weights == Weights()
    assert without.unseen is None


def test_rasa_takes_the_fingerprint_of_a_row_and_prints_no_numbers():
    from rasa.shared.utils.io import deep_container_fingerprint

    ngrams = Ngrams.fit(["drop my order", "keep my lease"] * 3, (2, 3))
    row, other = ngrams.row("drop my order"), ngrams.row("keep my lease")
    assert deep_container_fingerprint(row) == row.fingerprint() == ngrams.row("drop my order").fingerprint()
    assert row.fingerprint() != other.fingerprint()
