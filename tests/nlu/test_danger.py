"""The danger patterns without the classifier: messages that they match, and messages that they must not match.

`danger_cases.yml` was written before the patterns. A failed limit prints every message that exceeds it.
"""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np
import pytest
import yaml
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message

from whichpath.nlu.danger.component import DEFAULTS, DangerDetector, is_legal_topic
from whichpath.nlu.danger.head import DANGER, SELF_HARM, DangerModel, Likely, danger_of
from whichpath.nlu.danger.patterns import read
from whichpath.nlu.text.encoder import SentenceEncoder, get_encoder
from whichpath.nlu.text.neutral import canonical

CASES: dict[str, dict[str, str]] = yaml.safe_load((Path(__file__).parent / "danger_cases.yml").read_text("utf-8"))
MIN_RECALL = 0.95
MAX_FALSE_ALARMS = 0.02


def messages(section: str) -> list[str]:
    return [line for block in CASES[section].values() for line in block.splitlines() if line.strip()]


def ranking(*pairs: tuple[str, float]) -> list[dict[str, object]]:
    return [{"name": name, "confidence": confidence} for name, confidence in pairs]


class Sure(DangerModel):
    """A classifier with the same result for every message."""

    def __init__(self, likely: Likely) -> None:
        self.likely = likely

    def read(self, vector: object, grams: object, parts: object = None) -> Likely:
        return self.likely


def processed(
    text: str, *pairs: tuple[str, float], likely: float = 0.0, kind: str = DANGER, loudest: float = 0.0
) -> Message:
    """Processes a message with the given results of the classifiers."""
    ranked = ranking(*pairs)
    message = Message({TEXT: text, INTENT: ranked[0], "intent_ranking": ranked})
    SentenceEncoder("encoder", SentenceEncoder.get_default_config()).process([message])
    return DangerDetector(DEFAULTS, model=Sure(Likely(kind, likely, loudest))).process([message])[0]


@pytest.mark.parametrize("section", ["danger", "self_harm"])
def test_recall(section: str) -> None:
    texts = messages(section)
    missed = [text for text in texts if read(text).kind is None]
    recall = 1 - len(missed) / len(texts)
    print(f"\n{section}: recall {recall:.3f} of {len(texts)}")
    assert recall >= MIN_RECALL, "missed:\n" + "\n".join(missed)


def test_self_harm_is_called_so() -> None:
    texts = messages("self_harm")
    wrong = [text for text in texts if read(text).kind == DANGER]
    assert len(wrong) <= 0.02 * len(texts), wrong


def test_danger_is_called_so() -> None:
    texts = messages("danger")
    wrong = [text for text in texts if read(text).kind == SELF_HARM]
    assert len(wrong) <= 0.02 * len(texts), wrong


def test_false_alarms() -> None:
    texts = messages("safe")
    fired = [f"{text}  {read(text).groups}" for text in texts if read(text).kind]
    print(f"\nsafe: false alarms {len(fired) / len(texts):.3f} of {len(texts)}")
    assert len(fired) <= MAX_FALSE_ALARMS * len(texts), "fired:\n" + "\n".join(fired)


def test_there_are_enough_cases() -> None:
    assert len(messages("danger")) + len(messages("self_harm")) >= 260
    assert len(messages("safe")) >= 260


@pytest.mark.parametrize(
    ("text", "group"),
    [
        ("he keeps hitting me", "violence_now"),
        ("he said hes going to kill me", "threat_to_kill"),
        ("he strangeld me last nite", "strangling"),
        ("HE HAS A GUN!!!", "weapon"),
        ("he’s outside", "stalking_outside"),
        ("he hurts my son", "children_at_risk"),
        ("he wont let me leave the house", "trapped"),
        ("im scareddd for my life", "fear_for_life"),
        ("I am being abused", "abused_now"),
        ("i think im going to hurt her", "own_violence"),
        ("I want to die", "self_harm"),
        ("me va a matar", "threat_to_kill"),
        ("QUIERO MORIR", "self_harm"),
    ],
)
def test_groups(text: str, group: str) -> None:
    assert group in read(text).groups


def test_capitals_and_punctuation_change_nothing() -> None:
    for text in messages("danger"):
        assert read(text.upper()).kind == read(text).kind, text
        assert read(f"{text} !!!").kind == read(text).kind, text


def test_danger_comes_first_and_the_legal_question_is_kept() -> None:
    message = processed("how do i drop it, he has a gun and he is outside", ("end_order", 0.7), ("danger", 0.1))
    assert message.get(INTENT) == {"name": DANGER, "confidence": 1.0}
    assert [r["name"] for r in message.get("intent_ranking")] == ["danger", "end_order"]
    found = message.get("danger")
    assert found["kind"] == DANGER
    assert {"weapon", "stalking_outside"} <= set(found["groups"])
    assert (found["legal_intent"], found["legal_confidence"]) == ("end_order", 0.7)
    assert "danger" in message.output_properties


def test_small_talk_is_no_legal_question() -> None:
    found = processed("he is here", ("greet", 0.9), ("end_order", 0.05)).get("danger")
    assert (found["legal_intent"], found["legal_confidence"]) == (None, 0.0)


def test_ordinary_questions_stay_as_they_are() -> None:
    message = processed("how do i end the order", ("end_order", 0.8), ("danger", 0.1))
    assert message.get(INTENT)["name"] == "end_order"
    assert message.get("danger") is None


@pytest.mark.parametrize("kind", [DANGER, SELF_HARM])
def test_the_classifier_can_find_it_alone(kind: str) -> None:
    enough = DEFAULTS["threshold"]
    found = processed("it is dark over here", ("get_order", 0.9), likely=enough + 0.01, kind=kind).get("danger")
    assert (found["kind"], found["groups"], found["legal_intent"]) == (kind, [], "get_order")
    assert processed("it is dark over here", ("get_order", 0.9), likely=enough - 0.01, kind=kind).get("danger") is None


@pytest.mark.parametrize(
    "text",
    [
        "she keeps calling me",
        "can she see the kids on sunday",
        "she broke the order by emailing me",
        "so then i do not go?",
    ],
)
def test_the_classifier_alone_does_not_make_contact_a_danger(text: str) -> None:
    assert read(text).calm
    enough = DEFAULTS["calm_threshold"]
    assert processed(text, ("ask_contact", 0.9), likely=enough - 0.01).get("danger") is None
    assert processed(text, ("ask_contact", 0.9), likely=enough + 0.01).get("danger")["kind"] == DANGER


@pytest.mark.parametrize("text", ["just end that", "so then i do not go?", "im so tired", "if i ought to"])
def test_the_wish_to_die_needs_a_word_of_it(text: str) -> None:
    assert not read(text).despair
    enough = DEFAULTS["no_despair_threshold"]
    assert processed(text, ("end_order", 0.9), likely=enough - 0.01, kind=SELF_HARM).get("danger") is None


def test_both_genders_are_read_alike() -> None:
    for text in messages("danger") + messages("self_harm") + messages("safe"):
        assert read(canonical(text)).kind == read(text).kind, text


@pytest.mark.parametrize("text", CASES["danger"]["other_languages"].splitlines())
def test_a_cry_for_help_is_heard_in_ten_languages(text: str) -> None:
    assert read(text).kind == DANGER


@pytest.mark.parametrize(
    ("text", "what", "needs", "above", "intent"),
    [
        ("the paper says she is in fear for her life because of me, what do i bring to court",
         "held_back", "held_back_threshold", "threshold", ("contest_order", 0.4)),
        ("im no longer scared of him", "denied", "denied_threshold", "held_back_threshold", ("end_order", 0.01)),
    ],
    ids=["accusation", "denial"],
)  # fmt: skip
def test_an_accusation_or_a_denial_needs_a_surer_classifier(text, what, needs, above, intent) -> None:
    enough = DEFAULTS[needs]
    assert getattr(read(text), what)
    assert enough > DEFAULTS[above]
    assert processed(text, intent, likely=enough - 0.01).get("danger") is None
    assert processed(text, intent, likely=enough + 0.01).get("danger")["kind"] == DANGER


def test_one_loud_sentence_counts_where_the_whole_leaves_doubt() -> None:
    doubt, loud = DEFAULTS["doubt"], DEFAULTS["sentence_threshold"]
    asked = ("modify_order", 0.9)
    assert doubt < DEFAULTS["threshold"]
    assert processed("it is bad over here", asked, likely=doubt + 0.01, loudest=loud).get("danger")["kind"] == DANGER
    assert processed("it is bad over here", asked, likely=doubt - 0.01, loudest=loud).get("danger") is None
    assert processed("it is bad over here", asked, likely=doubt + 0.01, loudest=loud - 0.01).get("danger") is None


#: 54 words, none of violence.
STORY = " ".join(["it is cold over here and the flat is damp"] * 6)


def test_in_a_long_story_the_classifier_alone_has_to_be_sure() -> None:
    enough, asked = DEFAULTS["story_threshold"], ("get_order", 0.9)
    below = processed(STORY, asked, likely=enough - 0.01)
    assert (below.get("danger"), below.get("support")) == (None, "sure")
    assert processed(STORY, asked, likely=enough + 0.01).get("danger")["kind"] == DANGER


@pytest.mark.parametrize(
    ("told", "support"),
    [("", None), ("the violence", None), ("the violence and harassment", "likely"), ("violence, violent", None)],
)
def test_two_words_of_violence_in_a_long_story_name_the_hotline(told: str, support: str | None) -> None:
    text = f"{STORY} {told} in our file"
    for kind in (DANGER, SELF_HARM):
        assert processed(text, ("get_order", 0.9), likely=0.01, kind=kind).get("support") == support
    assert processed(f"{told} in our file", ("get_order", 0.9), likely=0.01).get("support") is None


def test_nor_on_letters_at_random() -> None:
    assert processed("xqzv wrrt", ("end_order", 0.01), likely=0.99).get("danger") is None


def test_an_example_teaches_its_own_label_first() -> None:
    assert danger_of("end_order", {}) == "safe"
    assert danger_of("self_harm", {}) == SELF_HARM
    assert danger_of("end_order", {"danger": "danger", "role": "protected"}) == DANGER


def test_a_question_with_danger_in_it_is_told_from_the_question_alone() -> None:
    """The purpose of the head, on a small model."""
    asks = ["how do i drop the order", "how do i get a protective order", "what form do i file", "when is my hearing"]
    fears = ["he has a gun and he is outside", "he is going to kill me", "he choked me last night"]
    texts = [*asks, *fears, *(f"{a}, {f}" for a in asks for f in fears)]
    labels = ["safe"] * len(asks) + [DANGER] * (len(texts) - len(asks))
    model = DangerModel.fit(get_encoder().encode(texts), [], labels, {"balance": 1.0, "C": 30.0})
    both, alone = get_encoder().encode(["which paper do i file, he said he will shoot me", "which paper do i file"])
    assert model.read(both, None).kind == DANGER
    assert model.read(both, None).likelihood > 0.5 > model.read(alone, None).likelihood
    assert model.read(alone, None, np.stack([alone, both])).loudest == pytest.approx(model.read(both, None).likelihood)


def test_nothing_to_read() -> None:
    for text in ("", "   ", "...", "\n", "🙏"):
        assert read(text).kind is None
    assert DangerDetector(DEFAULTS).process([Message({})])[0].get("danger") is None


def test_legal_topics() -> None:
    assert all(map(is_legal_topic, ("end_order", "ask_guns", "get_order")))
    assert not any(map(is_legal_topic, ("ask_why", "ask_privacy", "greet", "danger", None)))


def test_it_is_fast() -> None:
    texts = [text for section in CASES for text in messages(section)]
    read(texts[0])
    start = time.thread_time()
    for text in texts:
        read(text)
    assert (time.thread_time() - start) / len(texts) < 0.001


@pytest.mark.parametrize("word", ["he ", "hit me if he ", "gun ", "i want to ", "he said he will ", "a"])
def test_no_text_is_slow(word: str) -> None:
    start = time.thread_time()
    read(word * 5000)
    assert time.thread_time() - start < 0.5


@pytest.mark.parametrize(
    "text",
    ["im fine im not hurting myself. i meant do i skip the court hearing", "no me quiero morir, es otra pregunta"],
)
def test_a_denial_of_self_harm_counts(text: str) -> None:
    assert read(text).kind is None and read(text).denied
    enough = DEFAULTS["no_despair_threshold"]
    assert processed(text, ("ask_missed_hearing", 0.9), likely=enough - 0.01, kind=SELF_HARM).get("danger") is None


@pytest.mark.parametrize("text", ["i am not ok i will hurt myself", "i do not want to live", "no quiero vivir"])
def test_what_sounds_like_a_denial_and_is_none_counts(text: str) -> None:
    assert read(text).kind == SELF_HARM
