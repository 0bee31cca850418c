"""A follow-up question is read together with the previous message."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from rasa.core.channels.channel import UserMessage
from rasa.core.processor import MessageProcessor
from rasa.shared.core.events import BotUttered, Restarted, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message

from whichpath.channels.guards import before
from whichpath.nlu.question.component import QUESTIONS, QuestionClassifier
from whichpath.nlu.question.model import QuestionModel, context_of, pooled
from whichpath.nlu.text.before import BEFORE, MOST, MOST_BEFORE, together
from whichpath.nlu.text.encoder import SentenceEncoder, get_encoder
from whichpath.nlu.text.ngrams import NgramFeaturizer, Ngrams

EXAMPLES = {
    "posts": ["he posts about me on facebook is that a violation", "is it a violation if she posts lies about me"],
    "car": ["he parks outside my house is that a violation", "her truck drives by my place every night"],
    "guns": ["can i keep my guns", "do i have to give up my rifle"],
}


def message(text: str, said: str | None = None) -> Message:
    return Message({TEXT: text, "metadata": {BEFORE: said} if said else None})


TOPICS_OF = {"guns": "ask_guns", "posts": "ask_violation", "car": "ask_violation"}


@pytest.fixture(scope="module")
def learnt():
    pairs = [(text, label) for label, texts in EXAMPLES.items() for text in texts]
    texts, labels = [text for text, _ in pairs], [label for _, label in pairs]
    grams = Ngrams.fit([*texts, *texts, *texts], (2, 3))
    rows, topics = [grams.row(text) for text in texts], [TOPICS_OF[label] for label in labels]
    return QuestionModel.fit(get_encoder().encode(texts), rows, labels, topics, [{}] * 6, 20.0), grams


@pytest.fixture(scope="module")
def read(learnt):
    model, grams = learnt
    encoder = SentenceEncoder("encoder", SentenceEncoder.get_default_config())
    featurizer, classifier = NgramFeaturizer({}, model=grams), QuestionClassifier({"ranking_length": 3}, model=model)

    def names(text: str, said: str | None = None) -> list[str]:
        messages: Sequence[Message] = [message(text, said)]
        for component in (encoder, featurizer, classifier):
            messages = component.process(list(messages))
        return [row["name"] for row in messages[0].get(QUESTIONS)]

    return names


@pytest.mark.parametrize(
    ("said", "wanted"), [("my ex writes about me on facebook", "posts"), ("he drives past my house", "car")]
)
def test_the_same_words_ask_what_was_told_before_them(read, said, wanted):
    assert read("is that a violation", said)[0] == wanted


def test_a_whole_question_of_its_own_stays_what_it_is(read):
    assert read("do i have to give up my guns", "my ex writes about me on facebook")[0] == "guns"


def test_only_the_end_of_a_long_story_counts_and_a_long_message_stands_alone():
    story = " ".join(f"word{n}" for n in range(100))
    assert together(message("is that bad", story)) == " ".join([*story.split()[-MOST_BEFORE:], "is that bad"])
    assert together(message(" ".join(["word"] * (MOST + 1)), story)) is None
    assert together(message("is that bad")) is None and together(message("/help", story)) is None


def said(*texts: str) -> DialogueStateTracker:
    events = [event for text in texts for event in (UserUttered(text), BotUttered("yes"))]
    return DialogueStateTracker.from_events("someone", events)


@pytest.mark.parametrize(
    ("texts", "found"),
    [
        ((), None),
        (("he came to my job",), "he came to my job"),
        (("he came to my job", "texas"), "he came to my job"),
        (("he came to my job", "not final yet"), "he came to my job"),
        (("he came to my job", "what then"), "what then"),
        (("he came to my job", '/inform{"role": "protected"}'), "he came to my job"),
    ],
)
def test_short_answers_and_buttons_leave_what_was_spoken_of(texts, found):
    assert before.said_before(said(*texts)) == found


def test_nothing_from_before_a_new_start_is_read():
    tracker = said("he came to my job")
    tracker.update(Restarted())
    assert before.said_before(tracker) is None


async def test_it_is_read_with_the_message_and_not_stored_with_it(monkeypatch):
    parsed = []

    async def parse(_self, message, _tracker, _only):
        parsed.append(message)
        return {}

    monkeypatch.setattr(before, "_original", parse)
    message = UserMessage("is that bad", metadata={"a": 1})
    await before._parse_message(MessageProcessor.__new__(MessageProcessor), message, said("he came to my job"))
    assert parsed[0].metadata == {"a": 1, BEFORE: "he came to my job"} and parsed[0].text == "is that bad"
    assert message.metadata == {"a": 1}


def test_a_message_off_topic_is_not_read_with_the_next():
    tracker = said("what must i bring to the hearing")
    off = {"intent": {"name": "out_of_scope", "confidence": 0.9}}
    tracker.update(UserUttered("how do i get wine out of a carpet", off["intent"]))
    assert before.said_before(tracker) is None


TOGETHER_SAYS = np.array([0.01, 0.01, 0.98])


@pytest.mark.parametrize(
    ("alone", "same", "after_question", "first"),
    [
        ([0.9, 0.06, 0.04], True, False, 0),
        ([0.9, 0.06, 0.04], False, False, 2),  # a follow-up leans on the message before
        ([0.5, 0.3, 0.2], True, False, 2),  # the same words can ask two things
        ([0.9, 0.06, 0.04], False, True, 0),  # the question before was answered
        ([0.4, 0.35, 0.25], False, True, 2),  # "and if she says no" is clear only with it
    ],
)
def test_how_much_the_message_before_counts(alone, same, after_question, first):
    shares = np.array(alone)
    assert pooled(shares, TOGETHER_SAYS, context_of(shares, same, after_question)).argmax() == first


def test_the_sentence_that_asks_decides_in_a_follow_up(read):
    said = "he drives past my house and it scares me"
    assert read("ok. her truck is by my place every night. can i keep my guns", said)[0] == "guns"


@pytest.mark.parametrize(
    ("text", "name", "confidence", "intent"),
    [
        ("can he see where i live", "ask_privacy", 0.43, "ask_service"),
        ("can he see where i live", "ask_privacy", 0.8, "ask_privacy"),  # sure of the small talk
        ("i live there", "ask_privacy", 0.43, "ask_privacy"),  # no question
        ("can he see where i live", "misuse", 0.43, "misuse"),
    ],
)
def test_small_talk_that_is_a_guess_gives_way_to_a_likelier_question(text, name, confidence, intent):
    given = Message({TEXT: text, "intent": {"name": name, "confidence": confidence}})
    given.set("intent_ranking", [{"name": name, "confidence": confidence}])
    QuestionClassifier._put_question_first(given, "ask_service", 0.6)
    assert given.get("intent")["name"] == intent and given.get("intent_ranking")[0]["name"] == intent


def test_what_resembles_the_questions_of_a_topic_is_about_it(learnt):
    model, grams = learnt
    said = "can i keep my hunting rifle"
    opinions = model.opinions(get_encoder().encode([said])[0], grams.row(said))
    found = model.with_questions({"ask_guns": 0.38, "ask_violation": 0.4, "out_of_scope": 0.22}, opinions)
    assert found["ask_guns"] > found["ask_violation"]
    assert found["out_of_scope"] == 0.22 and sum(found.values()) == pytest.approx(1)
    assert model.with_questions({"greet": 1.0}, opinions) == {"greet": 1.0}
