"""The conversation turn by turn: questions, replies, and changes of the state."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from whichpath.library.entries import load_answers
from whichpath.library.situation import FLAGS, MATTERS, ROLES, SIDES, STAGES, Situation
from whichpath.library.topics import GOALS, QUESTIONS, TOPICS
from whichpath.pathway.conversation import HANDLERS, respond
from whichpath.pathway.turn import Dialogue, Reading, Tell, TellState, Utter, reading_of, reading_of_payload

ANSWERS = load_answers()


class Chat:
    """A conversation without Rasa, which takes readings and keeps the state."""

    def __init__(self, situation=None, dialogue=None):
        self.situation, self.dialogue = situation or Situation(), dialogue or Dialogue()

    def hear(self, intent, _flags=(), _others=(), choice=None, **found):
        return self.take(Reading(intent, found, frozenset(_flags), choice=choice, others=_others))

    def ask(self, entry, intent="ask_contact", **found):
        return self.take(Reading(intent, found, questions=((entry, 0.95),), asks=True, words=6))

    def take(self, reading):
        turn = respond(reading, self.situation, self.dialogue, ANSWERS)
        self.situation, self.dialogue = turn.situation, turn.dialogue
        return [m.name if isinstance(m, Utter) else m.entry if isinstance(m, Tell) else m for m in turn.messages]

    def press(self, payload):
        return self.take(reading_of_payload(payload))


def test_everything_in_the_first_message_needs_no_question():
    chat = Chat()
    assert chat.hear("contest_order", role="restrained", stage="temporary") == [
        "restrained_temporary",
        "utter_ask_state",
    ]
    assert chat.dialogue.route == "restrained_temporary"


def test_unclear_beginning_asks_role_then_stage():
    chat = Chat()
    assert chat.hear("end_order") == ["overview", "utter_ask_role"], "what holds for everybody first, then the question"
    assert chat.hear("end_order") == ["utter_ask_role"], "not twice the same"
    assert chat.press('/inform{"role": "protected"}') == ["utter_ask_stage"]
    assert chat.press('/inform{"stage": "final"}') == ["protected_final", "utter_ask_state"]


def test_drop_charges_says_what_that_can_mean_then_asks():
    chat = Chat()
    assert chat.hear("drop_charges") == ["drop_charges_three", "utter_ask_matter"]
    assert chat.hear("inform", matter="criminal_case") == ["utter_ask_role_criminal"]
    chat.hear("inform", role="protected")
    assert chat.dialogue.route == "criminal_case"


@pytest.mark.parametrize("question", ["role", "stage"])
def test_a_question_interrupts_and_the_open_one_still_counts(question):
    chat = Chat(Situation("civil_order", role=None if question == "role" else "restrained"))
    chat.hear("end_order")
    assert chat.dialogue.question == question
    assert chat.ask("they_text_me_first")[0] == "they_text_me_first"
    assert chat.dialogue.question == question
    chat.hear("inform", **{question: {"role": "restrained", "stage": "final"}[question]})
    assert chat.dialogue.question != question


def test_a_question_does_not_turn_over_what_is_known():
    chat = Chat(Situation("civil_order", "restrained", "final"))
    chat.ask("they_text_me_first", role="protected", stage="temporary")
    assert (chat.situation.role, chat.situation.stage) == ("restrained", "final")


def test_a_statement_that_contradicts_is_asked_about():
    chat = Chat(
        Situation("civil_order", "restrained", "final"), Dialogue(told=True, goal="end_order", last="restrained_final")
    )
    said = chat.take(Reading("inform", {"stage": "temporary"}, sure=frozenset({"stage"}), words=5))
    assert said[-1] == "utter_ask_changed_stage_final" and chat.situation.stage == "final"
    held = Chat(chat.situation, chat.dialogue)
    assert held.hear("deny")[0] == "utter_unchanged" and held.situation.stage == "final"
    assert chat.hear("affirm")[0] == "restrained_temporary" and chat.situation.stage == "temporary"


def test_correction_changes_the_path():
    chat = Chat()
    chat.hear("end_order", role="restrained", stage="final")
    assert chat.hear("correct", role="protected")[0] == "protected_final"
    assert chat.press('/correct{"stage": "temporary"}')[0] == "protected_temporary"


def test_a_correction_leaves_a_wrong_goal_behind():
    chat = Chat()
    assert chat.hear("get_order")[0] == "no_order_yet"
    assert chat.hear("correct", role="restrained", stage="temporary")[0] == "restrained_temporary"


def test_who_wants_to_keep_an_order_never_gets_the_motion_to_end_it():
    for goal in ("keep_order", "extend_order", "enforce_order"):
        chat = Chat()
        assert chat.hear(goal)[0] == goal
        assert chat.hear("inform", stage="final")[0] not in ("protected_final", "protected_temporary")


def test_not_sure_helps_once_then_goes_on():
    chat = Chat()
    chat.hear("end_order")
    assert chat.hear("not_sure") == ["utter_explain_role"]
    assert chat.hear("not_sure") == ["utter_skipped", "utter_ask_stage"]
    assert chat.hear("not_sure") == ["utter_explain_stage"]
    assert chat.hear("not_sure") == ["overview", "utter_ask_state"]
    assert chat.hear("not_sure")[0] == "utter_skipped"


def test_a_yes_to_what_was_said_back_does_not_lose_the_question_of_the_state():
    chat = Chat()
    assert chat.hear("end_order", role="restrained", stage="temporary")[-1] == "utter_ask_state"
    assert chat.hear("affirm") == ["utter_good", "utter_ask_state"]
    assert chat.hear("affirm") == ["utter_good", "utter_what_else"]


def test_why_explains_and_asks_again():
    chat = Chat()
    chat.hear("end_order")
    assert chat.hear("ask_why") == ["utter_why_role", "utter_ask_role"]


def test_not_understood_never_meets_the_same_words():
    for intent, question in itertools.product(("nlu_fallback", "out_of_scope"), (False, True)):
        chat = Chat()
        if question:
            chat.hear("end_order")
        seen = [tuple(chat.hear(intent)) for _ in range(6)]
        assert all(a != b for a, b in itertools.pairwise(seen)), seen


def test_a_digit_takes_the_choice_shown_last():
    menu = ('/inform{"role": "restrained"}', "/not_sure")
    chat = Chat(dialogue=Dialogue(goal="end_order", question="role", menu=menu))
    assert chat.hear("inform", choice=1) == ["utter_ask_stage"]
    assert chat.situation.role == "restrained"
    assert Chat(dialogue=Dialogue(menu=("/help",))).hear("inform", choice=7) == ["utter_rephrase"]


@pytest.mark.parametrize(
    ("question", "text", "value"),
    [("role", "asked for it", "protected"), ("role", "The respondent!", "restrained"), ("role", "a friend", "third_party"),
     ("stage", "after a hearing", "final"), ("stage", "not yet", "temporary"), ("matter", "charges", "criminal_case")],
)  # fmt: skip
def test_words_in_place_of_a_button(question, text, value):
    chat = Chat(dialogue=Dialogue(goal="end_order", question=question))
    chat.take(Reading("nlu_fallback", text=text, words=len(text.split()), questions=(("never_served", 0.9),)))
    assert getattr(chat.situation, question) == value


@pytest.mark.parametrize("text", ["and now?", "ok and then", "where do i start", "what's next"])
def test_what_comes_next_is_a_question_at_any_time(text):
    chat = Chat(Situation("civil_order", "restrained", "temporary"), Dialogue(told=True))
    assert chat.take(Reading("nlu_fallback", text=text, words=3))[0] == "what_next"


def test_a_second_matter_is_told_and_the_first_goes_on():
    chat = Chat()
    chat.hear("end_order", role="restrained")
    said = chat.hear("drop_charges", matter="criminal_case")
    assert said[0] == "criminal_case" and said[-1] == "utter_ask_stage"
    assert chat.situation.matter == "civil_order" and "criminal_alongside" in chat.situation.flags
    assert chat.press('/inform{"stage": "final"}')[0] == "restrained_final"


def test_further_questions_in_a_message_are_offered():
    known = Situation(state="OH")
    reading = Reading("end_order", {"role": "protected", "stage": "final"}, others=("ask_guns",))
    turn = respond(reading, known, Dialogue(), ANSWERS)
    assert "/ask_guns" in turn.messages[0].choices


def test_words_that_point_back_bring_back_what_was_offered():
    """An unclear follow-up after an answer gets the usual next questions, once; then it is treated as not understood."""
    menu = (ANSWERS["guns_back"].payload, ANSWERS["pets"].payload, "/correct")
    back = Reading("nlu_fallback", vague=True)
    turn = respond(back, Situation(), Dialogue(menu=menu), ANSWERS)
    assert turn.messages == (Utter("utter_vague", choices=(*menu[:2], "/human")),)
    assert respond(back, Situation(), turn.dialogue.with_(menu=menu), ANSWERS).messages[0].name == "utter_clarify_again"


def test_state_is_taken_after_the_path():
    chat = Chat()
    chat.hear("end_order", role="restrained", stage="final")
    (told,) = [m for m in chat.hear("inform", state="OH") if isinstance(m, TellState)]
    assert told.state == "OH" and chat.situation.state == "OH" and chat.dialogue.question is None


def test_a_bare_no_contact_order_is_asked_about():
    """Civil and criminal courts both make such orders, and different people can end them."""
    message = {"intent": {"name": "end_order"}, "text": "how do i get the no contact order dropped"}
    chat = Chat()
    assert chat.take(reading_of(message)) == ["utter_ask_matter"]
    chat.hear("inform", matter="criminal_no_contact_order")
    chat.hear("inform", role="restrained")
    assert chat.dialogue.route == "criminal_no_contact_order"


def test_a_bare_answer_counts_whatever_it_looks_like():
    chat = Chat()
    chat.hear("end_order", role="restrained", stage="final")
    assert chat.take(Reading("out_of_scope", words=1)) == ["utter_again_state"]
    assert isinstance(chat.hear("out_of_scope", state="OH")[0], TellState)


def test_danger_leads_to_the_answer_asked_for():
    chat = Chat(Situation("civil_order", "protected"))
    assert chat.ask("protected_broke_order", intent="danger")[0] == "protected_broke_order"
    assert Chat().take(Reading("danger")) == ["utter_go_on"]


facts = st.fixed_dictionaries(
    {},
    optional={
        "matter": st.sampled_from(MATTERS),
        "role": st.sampled_from(ROLES),
        "stage": st.sampled_from(STAGES),
        "side": st.sampled_from(SIDES),
        "state": st.sampled_from(["OH", "CA"]),
    },
)
readings = st.builds(
    Reading,
    intent=st.sampled_from([*HANDLERS, "nlu_fallback", "out_of_scope", "no_such_intent"]),
    found=facts,
    flags=st.frozensets(st.sampled_from(FLAGS)),
    date=st.none() | st.just("2026-12-05"),
    choice=st.none() | st.integers(0, 9),
    others=st.lists(st.sampled_from(TOPICS), max_size=3).map(tuple),
    legal_intent=st.none() | st.sampled_from([*TOPICS, "greet"]),
    vague=st.booleans(),
    asks=st.booleans(),
    questions=st.lists(st.tuples(st.sampled_from(sorted(ANSWERS.entries)), st.floats(0, 1)), max_size=3).map(tuple),
    odd=st.sampled_from([{}, {"span": "in 2 weeks"}, {"abroad": "Canada"}]),
)


@settings(max_examples=300, deadline=None)
@given(st.lists(readings, min_size=1, max_size=10))
def test_any_conversation_is_answered(turns):
    """Any messages in any order: there is an answer, the state can be stored, and choices can be parsed."""
    situation, dialogue = Situation(), Dialogue()
    for reading in turns:
        turn = respond(reading, situation, dialogue, ANSWERS)
        assert turn.messages
        for message in turn.messages:
            for payload in getattr(message, "choices", ()):
                reading_of_payload(payload)
        situation, dialogue = turn.situation, Dialogue.from_slot(turn.dialogue.to_slot())
        assert dialogue == turn.dialogue


def test_goals_and_questions_all_have_handlers():
    assert set(TOPICS) <= set(HANDLERS)
    assert set(GOALS) | set(QUESTIONS) == set(TOPICS)


def test_reading_drops_what_the_contract_does_not_know():
    entities = [
        {"entity": "role", "value": "king"},
        {"entity": "stage", "value": "final"},
        {"entity": "choice", "value": "2"},
        {"entity": "date", "value": "2026-12-05"},
        {"entity": "flag", "value": "mutual_orders"},
    ]
    danger = {"legal_intent": "ask_guns", "legal_confidence": 0.1}
    reading = reading_of({"intent": {"name": "inform"}, "entities": entities, "danger": danger})
    assert dict(reading.found) == {"stage": "final"}
    assert (reading.choice, reading.date, reading.flags) == (2, "2026-12-05", frozenset({"mutual_orders"}))
    assert reading.legal_intent is None
    assert reading_of({}).intent == "nlu_fallback"


def test_what_is_no_payload_is_refused():
    with pytest.raises(ValueError, match="not a payload"):
        reading_of_payload("hello")
