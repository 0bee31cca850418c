"""The effect of the known situation: on the choice of the question, of the order type, and on refusals."""

from __future__ import annotations

import pytest

from whichpath.library.entries import load_answers
from whichpath.library.situation import Situation
from whichpath.pathway.conversation import respond
from whichpath.pathway.ranking import ranked
from whichpath.pathway.routes import ENDED_OTHERWISE, FOUGHT_OTHERWISE
from whichpath.pathway.talk import Talk
from whichpath.pathway.turn import Dialogue, Reading, Tell, Utter

ANSWERS = load_answers()
CLOSE = (("guns_back", 0.4), ("protected_guns_back", 0.38))
AGAINST = Situation("civil_order", "restrained")


def names(turn):
    return [m.name if isinstance(m, Utter) else m.entry for m in turn.messages if isinstance(m, (Utter, Tell))]


def hear(known, dialogue=None, **reading):
    return respond(Reading(**reading), known, dialogue or Dialogue(), ANSWERS)


@pytest.mark.parametrize(("role", "first"), [("restrained", "guns_back"), ("protected", "protected_guns_back")])
def test_who_asks_a_question_most_decides_between_two(role, first):
    askers = {"guns_back": {"restrained": 2.5, "protected": 0.2}, "protected_guns_back": {"protected": 2.5}}
    reading = Reading("ask_guns", questions=CLOSE, askers=askers, asks=True)
    found = ranked(Talk(reading, Situation("civil_order", role), Dialogue(), ANSWERS))
    assert found.entries[0][0].id == first


def test_a_question_that_leans_on_the_message_before_is_understood_from_it():
    before = Dialogue(heard={"arrested_for_violation": 0.6})
    faint = (("what_happens_at_hearing", 0.4), ("arrested_for_violation", 0.35))
    alone = hear(AGAINST, intent="ask_hearing", questions=faint, asks=True, words=3)
    after = hear(AGAINST, before, intent="ask_hearing", questions=faint, asks=True, words=3)
    assert names(alone)[0] != "arrested_for_violation" == names(after)[0]


def test_what_a_message_resembled_is_kept_for_the_next_one_and_nothing_else_of_it():
    turn = hear(AGAINST, intent="inform", found={"stage": "final"}, questions=CLOSE, text="secret words", words=5)
    assert turn.dialogue.heard == {"guns_back": 0.4, "protected_guns_back": 0.38}
    assert Dialogue.from_slot(turn.dialogue.to_slot()) == turn.dialogue
    assert "secret" not in str(turn.dialogue.to_slot())


@pytest.mark.parametrize(("kind", "entry"), [*ENDED_OTHERWISE.items(), *FOUGHT_OTHERWISE.items()])
def test_an_order_of_another_kind_ends_in_its_own_way(kind, entry):
    known = Situation("civil_order", "restrained", "temporary", order_type=kind)
    assert names(hear(known, intent="end_order", found={"order_type": kind}))[0] == entry


def test_another_kind_is_told_apart_where_the_path_is_told_all_the_same():
    known = Situation("civil_order", "protected", "final", order_type="workplace")
    (told, *_) = hear(known, intent="end_order", found={"order_type": "workplace"}).messages
    assert told.entry == "protected_final" and "utter_kind_workplace" in told.lead


def test_somebody_whose_case_is_known_is_not_refused_what_an_entry_answers():
    asked = {"intent": "out_of_scope", "confidence": 0.9, "questions": (("bills_and_support", 0.6),), "asks": True}
    assert "bills_and_support" in names(hear(AGAINST, **asked))
    assert names(hear(Situation(), **asked)) == ["utter_out_of_scope"]


def test_what_is_said_after_asking_what_is_wrong_corrects():
    before = Dialogue(question="correct", told=True, goal="end_order", last="restrained_final")
    known = Situation("civil_order", "restrained", "final")
    turn = hear(known, before, intent="inform", found={"stage": "temporary"})
    assert turn.situation.stage == "temporary" and "restrained_temporary" in names(turn)


def test_a_field_word_answers_whatever_question_is_open():
    turn = hear(Situation(), Dialogue(question="matter", goal="drop_charges"), intent="x", text="the alleged victim")
    assert (turn.situation.role, turn.situation.matter) == ("protected", "criminal_case")
    assert "criminal_case" in names(turn)


def test_a_place_named_in_a_question_does_not_move_the_order():
    known = Situation("civil_order", "protected", "final", state="OH")
    asked = {"intent": "ask_hearing", "questions": (("attend_by_phone_video", 0.9),), "asks": True}
    assert hear(known, found={"state": "VA"}, **asked).situation.state == "OH"
    assert hear(known, intent="correct", found={"state": "VA"}).situation.state == "VA"


def test_a_decision_of_the_judge_today_is_no_hearing_ahead():
    turn = hear(Situation(), intent="inform", found={"outcome": "petition_denied"}, date="2030-01-07")
    assert turn.situation.hearing_date is None


def test_after_danger_help_the_question_beside_it_is_answered_or_offered():
    clear = {"questions": (("protected_police_did_nothing", 0.7),), "asks": True}
    assert "protected_police_did_nothing" in names(
        hear(Situation("civil_order", "protected"), intent="danger", **clear)
    )
    faint = {"questions": (("protected_police_did_nothing", 0.3),), "asks": False}
    (offer,) = hear(Situation("civil_order", "protected"), intent="danger", **faint).messages
    assert any("protected_police_did_nothing" in payload for payload in offer.choices)


@pytest.mark.parametrize("role", ["protected", "restrained", "third_party", None])
def test_a_refused_petition_is_not_told_of_an_order_that_stays_in_force(role):
    refused = Situation("civil_order", role, outcome="petition_denied")
    assert not ANSWERS["my_motion_denied"].choices(refused)
    for entry in ("petition_denied_again", "denied_appeal", "why_denied"):
        for number in ANSWERS[entry].choices(refused):
            variant = ANSWERS[entry].variants[number]
            assert "stays in force" not in f"{variant.answer} {variant.sms}", (entry, number)


def test_what_was_told_before_counts_towards_what_is_asked_now():
    """ "He keeps posting about me." "Is that a violation?": of two that are near, what the first resembled."""
    protected, before = Situation("civil_order", "protected"), Dialogue(heard={"social_media_posts": 0.9})
    near = (("protected_broke_order", 0.45), ("social_media_posts", 0.35))
    asks = {"intent": "ask_violation", "questions": near, "asks": True, "words": 4}
    assert "social_media_posts" in names(hear(protected, before, **asks))
    assert "protected_broke_order" in names(hear(protected, **asks))


def test_a_question_that_is_all_but_certain_is_no_misuse():
    """ "How do I keep my new address secret from him?" has the words of somebody who looks for an address."""
    asks = {"intent": "misuse", "confidence": 0.75, "asks": True, "words": 12}
    assert "protected_hide_address" in names(hear(Situation(), questions=(("protected_hide_address", 0.98),), **asks))
    assert names(hear(Situation(), questions=(("protected_hide_address", 0.6),), **asks)) == ["utter_misuse"]


def test_who_tells_their_case_and_asks_what_to_do_gets_the_path_and_no_question_back():
    """ "The order is against me, not final. What can I do": several entries are near, none is meant for sure."""
    faint = (("what_next", 0.3), ("both_want_gone", 0.27))
    said = {"role": "restrained", "stage": "temporary", "matter": "civil_order"}
    asks = {"intent": "ask_next", "questions": faint, "asks": True, "words": 11}
    asks["sure"] = frozenset(said)
    assert "restrained_temporary" in names(hear(Situation(), found=said, **asks))
    assert names(hear(Situation(), **asks))[0] == "utter_which_question", "whose case it is was not told"


@pytest.mark.parametrize(
    "known", [Situation("civil_order", "protected", "final"), Situation(outcome="petition_denied")]
)
def test_nobody_is_asked_for_a_court_date_that_cannot_be_ahead(known):
    turn = hear(known, intent="inform", found={"state": "OH"}, odd={"span": "in june"})
    assert "utter_odd_span" not in names(turn)


@pytest.mark.parametrize(
    ("known", "first"),
    [
        (AGAINST, "lies_in_petition"),
        (AGAINST.with_(order_type="domestic"), "lies_in_petition"),
        (AGAINST.with_(order_type="harassment_stalking"), "harassment_order_against_me"),
    ],
)
def test_a_question_about_a_kind_of_order_that_nobody_named_counts_less(known, first):
    reading = Reading(
        "contest_order", questions=(("harassment_order_against_me", 0.4), ("lies_in_petition", 0.3)), asks=True
    )
    found = ranked(Talk(reading, known, Dialogue(), ANSWERS))
    assert found.entries[0][0].id == first


def test_what_was_said_already_does_not_swallow_the_open_question():
    before = Dialogue(goal="end_order", question="stage", last="overview")
    turn = hear(AGAINST, before, intent="inform", found={"role": "restrained"}, words=5)
    assert names(turn) == ["utter_noted", "utter_ask_stage"] and turn.dialogue.question == "stage"


def test_a_fact_told_after_an_answer_is_summed_up_and_answered_anew_where_that_changes_it():
    """ "What if he breaks it?" "I am the one who has the order." """
    fact = {"intent": "inform", "found": {"role": "protected", "matter": "civil_order"}, "words": 8}
    turn = hear(Situation(), Dialogue(last="what_next"), **fact)
    assert "utter_check_protected_unsure" in names(turn) or "utter_check_protected_unsure" in turn.messages[0].lead
    entry = next(
        e
        for e in ANSWERS
        if e.choices(Situation())
        and e.choices(protected := Situation("civil_order", "protected"))
        and e.choices(Situation())[0] != e.choices(protected)[0]
        and e.topic != "path"
    )
    again = hear(Situation(), Dialogue(last=entry.id), **fact)
    (told, *_) = again.messages
    assert told.entry == entry.id and told.variant == entry.choices(again.situation)[0] and told.lead


def test_a_wish_that_only_the_questions_head_is_sure_of_is_followed():
    turn = hear(Situation("civil_order", "protected"), intent="nlu_fallback", questions=(("enforce_order", 0.8),))
    assert "enforce_order" in names(turn)


def test_who_tells_their_side_among_alarming_words_goes_on_with_what_they_asked():
    """ "How do I get the charges dropped?" "I'm the one he hit." """
    fact = {"intent": "danger", "found": {"role": "protected"}, "words": 4}
    turn = hear(Situation("criminal_case"), Dialogue(goal="drop_charges"), **fact)
    assert "criminal_case" in names(turn)


def test_what_is_near_misuse_and_near_no_question_is_refused_not_left_without_an_answer():
    asks = {"intent": "misuse", "confidence": 0.5, "nearest": ("misuse", "ask_contact"), "asks": True, "words": 8}
    assert names(hear(Situation(), questions=(("see_my_kids", 0.03),), **asks)) == ["utter_misuse"]
    assert "see_my_kids" in str(hear(Situation(), questions=(("see_my_kids", 0.5),), **asks).messages)


def test_what_sounds_like_a_cry_for_help_may_be_a_question():
    """ "The police did nothing." "What else can I do?" """
    asks = {"intent": "help", "asks": True, "words": 5}
    assert "protected_police_did_nothing" in names(
        hear(Situation("civil_order", "protected"), questions=(("protected_police_did_nothing", 0.77),), **asks)
    )
    assert names(hear(Situation(), questions=(("what_next", 0.3),), **asks)) == ["utter_help"]


def test_what_is_told_and_is_near_one_question_is_answered_where_nothing_else_is_understood():
    """ "I still got to work with the guy": no fact, and no question by its form."""
    told = {"intent": "inform", "questions": (("same_workplace", 0.66),)}
    known = Situation("criminal_no_contact_order", "restrained")
    assert "same_workplace" in names(hear(known, Dialogue(question="state"), words=7, **told))
    assert "same_workplace" not in names(hear(known, Dialogue(question="state"), words=2, **told))
