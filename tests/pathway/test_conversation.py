"""The conversation as a pure function: never silent, never the same words twice, questions come back."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from whichpath.library.cards import load_library

from whichpath.library.situation import FLAGS, MATTERS, ROLES, SIDES, STAGES, Situation
from whichpath.library.topics import GOALS, QUESTIONS, TOPICS
from whichpath.pathway.conversation import HANDLERS, respond
from whichpath.pathway.turn import Dialogue, Reading, Tell, TellState, Utter, reading_of, reading_of_payload

LIBRARY = load_library()


class Chat:
    """A conversation without Rasa: feeds readings, keeps state."""

    def __init__(self, situation=Situation(), dialogue=Dialogue()):
        self.situation, self.dialogue = situation, dialogue

    def hear(self, intent, _flags=(), _others=(), _near=(), choice=None, **found):
        reading = Reading(intent, found, frozenset(_flags), choice=choice, others=_others, nearest=_near)
        return self.take(reading)

    def take(self, reading):
        turn = respond(reading, self.situation, self.dialogue, LIBRARY)
        self.situation, self.dialogue = turn.situation, turn.dialogue
        return [m.name if isinstance(m, Utter) else m.card if isinstance(m, Tell) else m for m in turn.messages]

    def press(self, payload):
        return self.take(reading_of_payload(payload))


def test_everything_in_the_first_message_needs_no_question():
    chat = Chat()
    said = chat.hear("contest_order", role="restrained", stage="temporary")
    assert said == ["restrained_temporary", "utter_ask_state"]
    assert chat.dialogue.route == "restrained_temporary"


def test_unclear_beginning_asks_role_then_stage():
    chat = Chat()
    assert chat.hear("end_order") == ["utter_ask_role"]
    assert chat.press('/inform{"role": "protected"}') == ["utter_ask_stage"]
    assert chat.press('/inform{"stage": "final"}') == ["protected_final", "utter_ask_state"]


def test_drop_charges_says_what_that_can_mean_then_asks():
    chat = Chat()
    assert chat.hear("drop_charges")[-1] == "utter_ask_matter"
    assert chat.hear("inform", matter="criminal_case") == ["utter_ask_role_criminal"]
    chat.hear("inform", role="protected")
    assert chat.dialogue.route == "criminal_case"


@pytest.mark.parametrize("topic", QUESTIONS)
@pytest.mark.parametrize("question", ["role", "stage"])
def test_any_topic_interrupts_and_the_question_comes_back(topic, question):
    chat = Chat(Situation("civil_order", role=None if question == "role" else "restrained"))
    chat.hear("end_order")
    assert chat.dialogue.question == question
    said = chat.hear(topic)
    assert LIBRARY[said[0]].topic == topic
    assert said[-1] == f"utter_ask_{question}"


def test_a_question_does_not_turn_over_what_is_known():
    chat = Chat(Situation("civil_order", "restrained", "final"))
    chat.hear("ask_contact", role="protected", stage="temporary")
    assert (chat.situation.role, chat.situation.stage) == ("restrained", "final")


def test_correction_changes_the_path():
    chat = Chat()
    chat.hear("end_order", role="restrained", stage="final")
    assert chat.hear("correct", role="protected")[0] == "protected_final"
    assert chat.hear("deny") == ["utter_ask_correct"]
    assert chat.press('/correct{"stage": "temporary"}')[0] == "protected_temporary"


def test_not_sure_helps_once_then_goes_on():
    chat = Chat()
    chat.hear("end_order")
    assert chat.hear("not_sure") == ["utter_explain_role"]
    assert chat.hear("not_sure") == ["utter_skipped", "utter_ask_stage"]
    assert chat.hear("not_sure") == ["utter_explain_stage"]
    assert chat.hear("not_sure") == ["overview_unsure_role", "utter_ask_state"]
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
    for intent in ("nlu_fallback", "out_of_scope"):
        chat = Chat()
        seen = [tuple(chat.hear(intent, _near=("ask_guns", "ask_contact"))) for _ in range(5)]
        assert len(set(seen)) == 3
        assert all(a != b for a, b in zip(seen, seen[1:], strict=False))
    asked = Chat()
    asked.hear("end_order")
    seen = [tuple(asked.hear("nlu_fallback")) for _ in range(6)]
    assert all(a != b for a, b in zip(seen, seen[1:], strict=False))


def test_a_digit_takes_the_choice_shown_last():
    chat = Chat(
        dialogue=Dialogue(goal="end_order", question="role", menu=('/inform{"role": "restrained"}', "/not_sure"))
    )
    assert chat.hear("inform", choice=1) == ["utter_ask_stage"]
    assert chat.situation.role == "restrained"
    assert Chat(dialogue=Dialogue(menu=("/help",))).hear("inform", choice=7) == ["utter_rephrase"]


def test_second_matter_is_told_and_the_first_goes_on():
    chat = Chat()
    chat.hear("end_order", role="restrained")
    said = chat.hear("drop_charges", matter="criminal_case")
    assert LIBRARY[said[0]].route == "criminal_case"
    assert said[-1] == "utter_ask_stage"
    assert chat.situation.matter == "civil_order"
    assert "criminal_alongside" in chat.situation.flags
    assert chat.press('/inform{"stage": "final"}')[0] == "restrained_final"


def test_civil_order_after_a_criminal_case():
    chat = Chat()
    chat.hear("drop_charges", matter="criminal_case", role="restrained")
    assert chat.hear("end_order", matter="civil_order", stage="temporary")[0] == "restrained_temporary"
    assert "criminal_alongside" in chat.situation.flags


def test_further_questions_in_a_message_are_offered():
    chat = Chat()
    turn = respond(
        Reading("end_order", {"role": "protected", "stage": "final"}, others=("ask_guns",)),
        Situation(),
        Dialogue(),
        LIBRARY,
    )
    assert "/ask_guns" in turn.messages[0].choices
    chat.hear("end_order", _others=("ask_guns",))
    turn = respond(Reading("inform", {"role": "protected"}), chat.situation, chat.dialogue, LIBRARY)
    assert turn.dialogue.others == ("ask_guns",)


def test_a_goal_beside_a_question_is_offered_too():
    asked = Reading("ask_guns", {"role": "restrained"}, others=("contest_order", "ask_custody"))
    turn = respond(asked, Situation(), Dialogue(), LIBRARY)
    assert turn.messages[0].choices[:2] == ("/contest_order", "/ask_custody")
    assert "/end_order" not in turn.messages[0].choices


def test_words_that_point_back_bring_back_what_was_offered():
    """«What about the other thing?» after a card: its own further topics, once; then as any other miss."""
    menu = ("/ask_hearing", "/ask_lawyer", "/correct")
    back = Reading("nlu_fallback", vague=True)
    turn = respond(back, Situation(), Dialogue(menu=menu), LIBRARY)
    assert turn.messages == (Utter("utter_vague", choices=("/ask_hearing", "/ask_lawyer", "/human")),)
    assert respond(back, Situation(), turn.dialogue.with_(menu=menu), LIBRARY).messages[0].name == "utter_clarify_again"
    assert respond(back, Situation(), Dialogue(), LIBRARY).messages[0].name == "utter_rephrase"
    chat = Chat()
    chat.hear("end_order")
    assert chat.take(back) == ["utter_explain_role"]


def test_state_is_taken_after_the_path():
    chat = Chat()
    chat.hear("end_order", role="restrained", stage="final")
    assert chat.hear("inform", state="OH")[0] == TellState("OH")
    assert chat.situation.state == "OH"


def test_a_bare_no_contact_order_is_asked_about():
    """Civil and criminal courts both make them, and different people can end them."""
    message = {"intent": {"name": "end_order"}, "text": "how do i get the no contact order dropped"}
    chat = Chat()
    assert chat.take(reading_of(message)) == ["utter_ask_matter"]
    chat.hear("inform", matter="criminal_no_contact_order")
    chat.hear("inform", role="restrained")
    assert chat.dialogue.route == "criminal_no_contact_order"
    told = {**message, "entities": [{"entity": "matter", "value": "civil_order"}]}
    assert Chat().take(reading_of(told)) == ["utter_ask_role"]


def test_a_bare_answer_counts_whatever_it_looks_like():
    chat = Chat()
    chat.hear("end_order", role="restrained", stage="final")
    assert chat.take(Reading("out_of_scope", words=1)) == ["utter_again_state"]
    assert chat.hear("out_of_scope", state="OH")[0] == TellState("OH")


def test_danger_leads_to_the_legal_answer_asked_for():
    chat = Chat()
    assert LIBRARY[chat.take(Reading("danger", legal_intent="ask_contact"))[0]].topic == "ask_contact"
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
    nearest=st.lists(st.sampled_from([*TOPICS, "greet", "danger"]), max_size=5).map(tuple),
    legal_intent=st.none() | st.sampled_from([*TOPICS, "greet"]),
    vague=st.booleans(),
)


@settings(max_examples=400, deadline=None)
@given(st.lists(readings, min_size=1, max_size=12))
def test_any_conversation_is_answered(turns):
    """Whatever is said in whatever order: an answer, a state that survives storage, no repeated miss."""
    situation, dialogue = Situation(), Dialogue()
    missed = None
    for reading in turns:
        turn = respond(reading, situation, dialogue, LIBRARY)
        assert turn.messages
        for message in turn.messages:
            if isinstance(message, Tell):
                assert message.card in LIBRARY.cards
        now = turn.messages if turn.dialogue.misses else None
        assert now is None or now != missed
        missed = now
        # A channel would number these choices: a menu of payloads that all can be read.
        for message in turn.messages:
            for payload in getattr(message, "choices", ()):
                reading_of_payload(payload)
        situation, dialogue = turn.situation, Dialogue.from_slot(turn.dialogue.to_slot())
        assert dialogue == turn.dialogue


def test_goals_and_questions_all_have_handlers():
    assert set(TOPICS) <= set(HANDLERS)
    assert set(GOALS) | set(QUESTIONS) == set(TOPICS)


def test_reading_drops_what_the_contract_does_not_know():
    reading = reading_of(
        {
            "intent": {"name": "inform"},
            "entities": [
                {"entity": "role", "value": "king"},
                {"entity": "stage", "value": "final"},
                {"entity": "choice", "value": "2"},
                {"entity": "date", "value": "2026-12-05"},
                {"entity": "flag", "value": "mutual_orders"},
            ],
            "danger": {"legal_intent": "ask_guns", "legal_confidence": 0.1},
        }
    )
    assert dict(reading.found) == {"stage": "final"}
    assert (reading.choice, reading.date, reading.flags) == (2, "2026-12-05", frozenset({"mutual_orders"}))
    assert reading.legal_intent is None
    assert reading_of({}).intent == "nlu_fallback"


def test_what_is_no_payload_is_refused():
    with pytest.raises(ValueError, match="not a payload"):
        reading_of_payload("hello")
