"""The hotline below an answer, where violence is told that does not threaten now."""

from __future__ import annotations

import pytest

from whichpath.library.entries import load_answers
from whichpath.library.situation import Situation
from whichpath.pathway.conversation import respond
from whichpath.pathway.turn import Dialogue, Reading, Tell, Utter

ANSWERS = load_answers()


def take(support, intent="ask_contact", situation=None, dialogue=None):
    reading = Reading(intent, questions=(("what_counts_as_contact", 0.95),), asks=True, words=60, support=support)
    turn = respond(reading, situation or Situation(), dialogue or Dialogue(), ANSWERS)
    return [m.name if isinstance(m, Utter) else "answer" if isinstance(m, Tell) else m for m in turn.messages], turn


@pytest.mark.parametrize("support", ["likely", "sure"])
def test_it_stands_below_the_answer_and_is_said_once(support):
    said, turn = take(support)
    assert said[:2] == ["answer", "utter_support"]
    again, _ = take(support, dialogue=turn.dialogue)
    assert "utter_support" not in again


def test_it_stands_before_a_question_that_is_all_there_is():
    said, _ = take("sure", intent="something_else")
    assert said[0] == "utter_support"


def test_the_accused_are_told_only_where_it_is_sure():
    accused = Situation(role="restrained")
    assert "utter_support" not in take("likely", situation=accused)[0]
    assert "utter_support" in take("sure", situation=accused)[0]


@pytest.mark.parametrize("intent", ["danger", "self_harm", "erase"])
def test_danger_help_names_the_hotline_itself(intent):
    assert "utter_support" not in take("sure", intent=intent)[0]


def test_without_a_reason_it_is_not_said():
    assert "utter_support" not in take(None)[0]
