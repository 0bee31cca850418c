"""What is known of the person may decide between questions, but puts none into somebody's mouth."""

from __future__ import annotations

import pytest

from whichpath.library.entries import load_answers
from whichpath.library.situation import Situation
from whichpath.pathway.conversation import respond
from whichpath.pathway.turn import Dialogue, Reading, Tell, Utter

ANSWERS = load_answers()
ACCUSED = Situation(role="restrained", matter="criminal_case")
#: Who asks two questions: the first is a witness's, the second the accused's.
ASKERS = {"change_my_story": {"restrained": 0.5}, "they_lied_to_police": {"restrained": 1.6, "criminal": 1.7}}


def first(*questions, known=ACCUSED, askers=ASKERS):
    reading = Reading("ask_testify", questions=questions, askers=askers, asks=True, words=12)
    message = respond(reading, known, Dialogue(), ANSWERS).messages[0]
    return message.entry if isinstance(message, Tell) else message.name if isinstance(message, Utter) else message


def test_who_asks_decides_between_two_that_are_near():
    assert first(("change_my_story", 0.45), ("they_lied_to_police", 0.4)) == "they_lied_to_police"


@pytest.mark.parametrize(
    ("asked", "likelier", "told"),
    [(0.68, 0.2, "change_my_story"), (0.36, 0.3, "utter_which_question"), (0.3, 0.1, "utter_which_question")],
)
def test_a_question_that_stands_first_by_who_asks_alone_gives_way(asked, likelier, told):
    """To the one that the message itself resembles, where that is clear; else both are offered."""
    assert first(("change_my_story", asked), ("they_lied_to_police", likelier)) == told


def test_a_question_that_no_such_person_asks_does_not_count_against_it():
    askers = {**ASKERS, "change_my_story": {"restrained": 0.15}}
    assert first(("change_my_story", 0.6), ("they_lied_to_police", 0.3), askers=askers) == "they_lied_to_police"


@pytest.mark.parametrize(("second", "told"), [(0.1, True), (0.4, False)])
def test_two_that_are_close_are_offered(second, told):
    found = first(("hand_over_phone", 0.41), ("missed_criminal_date", second), askers={})
    assert (found == "hand_over_phone") is told
