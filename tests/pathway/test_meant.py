"""What a message is taken for: a question that is certain, a goal, a statement."""

from __future__ import annotations

import pytest

from whichpath.library.entries import load_answers
from whichpath.library.situation import Situation
from whichpath.pathway.conversation import respond, resume
from whichpath.pathway.talk import Talk
from whichpath.pathway.turn import Dialogue, Reading, Tell, Utter

ANSWERS = load_answers()
NOBODY = Situation()
ACCUSED = Situation(role="restrained", matter="criminal_case")
SERVED = Situation(role="restrained", matter="civil_order", stage="temporary")
HOLDER = Situation(role="protected", matter="civil_order", stage="final")
HELPER = Situation(role="third_party", side="restrained", matter="criminal_case")


def said(intent, *questions, known=NOBODY, dialogue=None, **more):
    """The names of the messages of the reply."""
    reading = Reading(intent, questions=questions, words=9, **{"asks": True, **more})
    turn = respond(reading, known, dialogue or Dialogue(), ANSWERS)
    return [
        m.entry if isinstance(m, Tell) else m.name if isinstance(m, Utter) else type(m).__name__ for m in turn.messages
    ]


@pytest.mark.parametrize(
    ("known", "share", "confidence", "answered"),
    [
        (NOBODY, 0.99, 0.5, False),  # of somebody unknown: "what is the weather tomorrow"
        (Situation(matter="civil_order"), 0.97, 0.52, True),
        (HOLDER, 0.97, 0.88, True),
        (Situation(role="protected"), 0.97, 0.88, True),
        (Situation(role="protected"), 0.6, 0.88, False),
    ],
)
def test_a_certain_question_is_answered_though_it_looks_off_topic(known, share, confidence, answered):
    reply = said("out_of_scope", ("landlord_break_lease", share), known=known, confidence=confidence)
    assert (reply[0] == "landlord_break_lease") is answered


def test_a_helper_s_certain_question_is_no_misuse():
    """Where somebody is held, for one; of the accused the same words stay refused."""
    assert said("misuse", ("find_in_jail", 0.99), known=HELPER, confidence=0.96)[0] == "find_in_jail"
    assert said("misuse", ("find_in_jail", 0.99), known=SERVED, confidence=0.96) == ["utter_misuse"]


@pytest.mark.parametrize(("asks", "answers"), [(True, True), (False, False)])
def test_after_small_talk_a_certain_question_is_answered(asks, answers):
    reading = Reading("feedback", questions=(("background_check", 0.98),), asks=asks, words=9)
    turn = resume(Talk(reading, SERVED, Dialogue(), ANSWERS))
    assert any(isinstance(m, Tell) and m.entry == "background_check" for m in turn.messages) is answers


def test_a_statement_with_a_fact_is_noted_not_answered_as_a_question():
    reply = said(
        "ask_hearing",
        ("contest_order", 0.8),
        asks=False,
        found={"stage": "temporary"},
        known=Situation(role="restrained"),
    )
    assert "utter_no_answer" not in reply and "utter_which_question" not in reply


@pytest.mark.parametrize(("goal", "told"), [(0.47, "overview"), (0.2, "utter_which_question")])
def test_a_goal_that_is_nearer_than_any_question_is_followed(goal, told):
    questions = (("contest_order", goal), ("harassment_order_against_me", 0.19), ("stalking_order_against_me", 0.17))
    known = Situation(role="restrained", matter="civil_order")
    assert said("ask_order_types", *questions, known=known, found={"role": "restrained"})[0] == told


def test_a_single_question_is_answered_not_offered():
    assert said("ask_record", ("background_check", 0.2), known=SERVED)[0] == "background_check"


@pytest.mark.parametrize(
    ("last", "first"), [("workplace_order", "workplace_order_against_me"), (None, "utter_which_question")]
)
def test_the_kind_of_order_that_was_spoken_of_counts(last, first):
    questions = (("workplace_order_against_me", 0.3), ("lies_in_petition", 0.16))
    assert said("ask_forms", *questions, known=SERVED, dialogue=Dialogue(last=last))[0] == first


@pytest.mark.parametrize(("share", "told"), [(0.85, True), (0.3, False)])
def test_who_asks_does_not_bury_what_is_asked_in_so_many_words(share, told):
    askers = {"bail_conditions": {"protected": 0.15}}
    questions = (("bail_conditions", share), ("protected_hide_address", 0.12))
    assert (said("ask_charges", *questions, known=HOLDER, askers=askers)[0] == "bail_conditions") is told
