"""The answer to a question is always one for this person, or a message that there is none."""

from __future__ import annotations

import datetime as dt
import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from whichpath.library.entries import FOR, load_answers
from whichpath.library.situation import CRIMINAL, FLAGS, MATTERS, ORDER_TYPES, OUTCOMES, ROLES, SIDES, STAGES, Situation
from whichpath.library.states.packs import load_states
from whichpath.library.topics import GOALS, QUESTIONS, TOPICS
from whichpath.pathway.answer import follow_ups
from whichpath.pathway.compose import Composer
from whichpath.pathway.conversation import HANDLERS, respond
from whichpath.pathway.routes import PATHS, card_of, check_paths, route_of
from whichpath.pathway.talk import Talk
from whichpath.pathway.turn import Dialogue, Reading, Tell, Turn, Utter

ANSWERS = load_answers()
COMPOSER = Composer(load_states(), today=lambda: dt.date(2026, 11, 29))
IDS = sorted(ANSWERS.entries)
CODES = sorted(load_states().packs)

situations = st.builds(
    Situation,
    matter=st.sampled_from([None, *MATTERS]),
    role=st.sampled_from([None, *ROLES]),
    stage=st.sampled_from([None, *STAGES]),
    outcome=st.sampled_from([None, None, None, *OUTCOMES]),
    order_type=st.sampled_from([None, None, *ORDER_TYPES]),
    side=st.sampled_from([None, *SIDES]),
    state=st.sampled_from([None, "TX", "CA", "OH"]),
    flags=st.frozensets(st.sampled_from(FLAGS), max_size=2),
)


@st.composite
def readings(draw):
    names = draw(st.lists(st.sampled_from([*IDS, *GOALS]), max_size=4, unique=True))
    shares = draw(st.lists(st.floats(0, 1), min_size=len(names), max_size=len(names)))
    return Reading(
        intent=draw(st.sampled_from(sorted({*HANDLERS, "nlu_fallback"}))),
        found=draw(
            st.dictionaries(st.sampled_from(["role", "stage", "matter", "state", "outcome"]), st.none(), max_size=0)
        )
        | draw(
            st.fixed_dictionaries(
                {},
                optional={
                    "role": st.sampled_from(ROLES),
                    "stage": st.sampled_from(STAGES),
                    "matter": st.sampled_from(MATTERS),
                    "state": st.sampled_from(["TX", "NY"]),
                    "outcome": st.sampled_from(OUTCOMES),
                },
            )
        ),
        questions=tuple(zip(names, shares, strict=True)),
        asked=draw(st.sampled_from([None, None, None, *IDS])),
        asks=draw(st.booleans()),
        words=draw(st.integers(0, 40)),
        pressed=draw(st.booleans()),
        confidence=draw(st.floats(0, 1)),
        legal_intent=draw(st.sampled_from([None, *TOPICS])),
        choice=draw(st.sampled_from([None, None, 1, 9])),
    )


dialogues = st.builds(
    Dialogue,
    goal=st.sampled_from([None, *GOALS]),
    question=st.sampled_from(
        [None, "matter", "role", "side", "stage", "outcome", "state", "changed", "correct", "held"]
    ),
    told=st.booleans(),
    last=st.sampled_from([None, *IDS[:40]]),
    repeats=st.integers(0, 2),
    pending=st.sampled_from([None, None, *IDS[:20]]),
    misses=st.integers(0, 3),
    menu=st.sampled_from([(), ("/end_order",)]),
)


def told(turn: Turn) -> list[Tell]:
    return [message for message in turn.messages if isinstance(message, Tell)]


@settings(max_examples=600, deadline=None)
@given(readings(), situations, dialogues)
def test_every_turn_says_something_that_is_written_for_this_person(reading, known, dialogue):
    turn = respond(reading, known, dialogue, ANSWERS)
    assert turn.messages
    for message in told(turn):
        variant = ANSWERS[message.entry].variants[message.variant]
        assert variant.fit(turn.situation) is not None, (message, turn.situation)


@settings(max_examples=600, deadline=None)
@given(readings(), situations, dialogues)
def test_a_text_changes_what_a_person_said_only_as_answer_or_correction(reading, known, dialogue):
    if (
        reading.pressed
        or reading.choice
        or reading.intent in ("correct", "deny", "affirm")
        or dialogue.question in ("held", "correct")  # the bot has asked what is wrong: the next message corrects it
    ):
        return
    turn = respond(reading, known, dialogue, ANSWERS)
    for name in ("role", "matter"):
        before, after = getattr(known, name), getattr(turn.situation, name)
        assert before is None or before == after or dialogue.question == name, (name, before, after)


@pytest.mark.parametrize("matter", CRIMINAL)
@pytest.mark.parametrize("role", ["protected", "restrained"])
def test_nobody_in_a_criminal_case_is_told_civil_text(matter, role):
    known = Situation(matter=matter, role=role)
    told = [(e.id, e.variants[n].fits.get("matter", CRIMINAL)) for e in ANSWERS.questions() for n in e.choices(known)]
    assert [name for name, matters in told if not set(matters) & set(CRIMINAL)] == []


def test_every_route_has_a_card_for_everybody():
    assert check_paths(ANSWERS) == []


@settings(max_examples=300, deadline=None)
@given(situations, st.sampled_from([None, *GOALS]))
def test_route_and_card_are_total(known, goal):
    route = route_of(known, goal)
    name, number = card_of(route, known, ANSWERS)
    assert name in PATHS and 0 <= number < len(ANSWERS[name].variants)


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(IDS), situations, st.sampled_from(["answer", "more", "short"]))
def test_notice_and_referral_are_on_every_answer(name, known, form):
    entry = ANSWERS[name]
    for number, variant in enumerate(entry.variants):
        if form == "more" and not variant.more:
            continue
        rendered = COMPOSER.entry(entry, number, known, None, form=form)
        assert COMPOSER.notice.text in rendered.text and COMPOSER.notice.lawyers in rendered.text
        assert rendered.data["legal"] and rendered.data["card"] == name
        assert COMPOSER.notice.sms in rendered.data["sms"]


@settings(max_examples=300, deadline=None)
@given(situations, st.lists(st.sampled_from(["hearing", "end", "answer", "appeal", "forms", "length"]), min_size=1))
def test_no_rule_of_another_kind_of_order_or_role_is_told(known, fields):
    local = COMPOSER.rules.fitting(known, fields, dt.date(2026, 11, 29), 3)
    for rule in local.rules if local else ():
        kind = "criminal" if known.matter in CRIMINAL else known.order_type or "domestic"
        role = known.side if known.role == "third_party" else known.role
        assert not rule.order_types or kind in rule.order_types
        assert not rule.roles or role in rule.roles
        assert kind != "criminal" or "criminal" in rule.order_types


@pytest.mark.parametrize("entry", [e for e in ANSWERS if e.order_type], ids=lambda entry: entry.id)
def test_a_question_that_names_its_kind_of_order_is_told_rules_of_that_kind_alone(entry):
    """In any situation, "how is a criminal no-contact order lifted" gets no state rule on a civil order."""
    told = 0
    for code, matter, kind in itertools.product(
        CODES, (None, "civil_order"), (None, "domestic", "harassment_stalking")
    ):
        known = Situation(role="protected", matter=matter, order_type=kind, state=code)
        wanted = ["end", "advocate", "hearing", "length"]
        local = COMPOSER.rules.fitting(known.of_kind(entry.order_type), wanted, dt.date(2026, 11, 29), 4)
        for rule in local.rules if local else ():
            assert entry.order_type in rule.order_types or (not rule.order_types and entry.order_type != "criminal")
            told += 1
    assert told > (100 if entry.order_type == "criminal" else 0)


def test_an_unknown_kind_of_order_is_named_in_the_line():
    rendered = COMPOSER.state(
        Situation(state="CA", role="restrained", stage="temporary", matter="civil_order"), ("answer",)
    )
    assert rendered.text.startswith("In California, for a domestic violence order: ")
    known = Situation(state="CA", role="restrained", stage="temporary", matter="civil_order", order_type="domestic")
    assert COMPOSER.state(known, ("answer",)).text.startswith("In California: ")


@pytest.mark.parametrize("name", IDS)
def test_the_same_answer_never_comes_twice_running(name):
    """A repeated question gets the answer, its short form, its sections, then a message that there is no more."""
    reading = Reading("ask_contact", questions=((name, 0.9),), asks=True, words=5)
    known, dialogue, forms, texts = Situation(role="restrained", matter="civil_order", state="CA"), Dialogue(), [], []
    for _ in range(5):
        turn = respond(reading, known, dialogue, ANSWERS)
        known, dialogue = turn.situation, turn.dialogue
        if not (told(turn) and told(turn)[0].entry == name):
            continue
        message = told(turn)[0]
        rendered = COMPOSER.entry(ANSWERS[name], message.variant, known, message.route, form=message.form)
        forms.append(message.form)
        texts += [rendered.data["body"]]
    if forms:
        assert forms in (["answer", "short", "more"], ["answer", "short"])
        assert len(set(texts)) == len(texts)


def test_close_questions_are_offered_not_guessed():
    near = (
        ("give_up_guns", 0.16),
        ("pets", 0.15),
        ("background_check", 0.15),
        ("travel_fly", 0.05),
        ("word_motion", 0.3),
    )
    turn = respond(
        Reading("ask_guns", questions=near[:4], asks=True, words=4), Situation(role="restrained"), Dialogue(), ANSWERS
    )
    (offer,) = turn.messages
    assert isinstance(offer, Utter) and offer.name == "utter_which_question"
    assert 2 <= len(offer.choices) - 1 <= 3 and offer.choices[-1] == "/something_else"


def test_nothing_near_is_said_plainly():
    turn = respond(Reading("ask_guns", questions=(("pets", 0.01),), asks=True), Situation(), Dialogue(), ANSWERS)
    assert turn.messages[0].name == "utter_no_answer"


def test_every_question_topic_is_answered_and_every_value_is_one_of_the_domain():
    topics = {entry.topic for entry in ANSWERS.questions()}
    assert set(QUESTIONS) <= topics
    assert set(FOR["role"]) == set(ROLES) and set(FOR["order_type"]) == set(ORDER_TYPES)


@pytest.mark.parametrize(("stage", "offered"), [("none", True), ("temporary", True), (None, True), ("final", False)])
def test_a_question_is_offered_to_those_whom_it_may_concern(stage, offered):
    """Whoever has a final order was not "just served"; asked in words it is answered all the same."""
    known = Situation(matter="civil_order", role="restrained", stage=stage)
    served = ANSWERS["next_just_served"]
    assert (
        served.payload in follow_ups(Talk(Reading("ask_next"), known, Dialogue(), ANSWERS), ANSWERS["what_next"])
    ) is offered
    turn = respond(Reading("ask_next", questions=((served.id, 0.9),), asks=True), known, Dialogue(), ANSWERS)
    assert [m.entry for m in turn.messages if isinstance(m, Tell)] == [served.id]
