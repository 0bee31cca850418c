"""Every situation has a path, and nobody gets the steps of the other side."""

from __future__ import annotations

import itertools

import pytest

from whichpath.library.entries import load_answers
from whichpath.library.situation import FLAGS, MATTERS, OUTCOMES, ROLES, ROUTES, STAGES, Situation
from whichpath.library.topics import GOALS, KEEPING
from whichpath.pathway.questions import PATH_QUESTIONS, assumed, next_question
from whichpath.pathway.routes import card_of, route_of

ANSWERS = load_answers()
SETS = [frozenset(c) for n in range(3) for c in itertools.combinations(FLAGS, n)]
SPACE = [
    Situation(matter, role, stage, outcome, flags=flags)
    for matter, role, stage, outcome, flags in itertools.product(
        (None, *MATTERS), (None, *ROLES), (None, *STAGES), (None, *OUTCOMES), SETS
    )
]


def test_every_route_is_reached():
    assert {route_of(s, goal) for s in SPACE for goal in (None, *KEEPING)} == {None, *ROUTES}


def test_no_route_only_while_role_or_stage_is_open():
    for situation in SPACE:
        if route_of(situation) is None:
            assert situation.role is None or situation.stage is None


@pytest.mark.parametrize(
    ("situation", "goal", "route"),
    [
        (Situation("civil_order", "protected", "temporary"), None, "protected_temporary"),
        (Situation("civil_order", "protected", "final"), None, "protected_final"),
        (Situation("civil_order", "restrained", "temporary"), None, "restrained_temporary"),
        (Situation("civil_order", "restrained", "final"), None, "restrained_final"),
        (Situation("criminal_case", "protected", "final"), None, "criminal_case"),
        (Situation("criminal_no_contact_order", "restrained"), None, "criminal_no_contact_order"),
        (Situation("civil_order", "third_party", "final"), None, "third_party"),
        (Situation("civil_order", "protected", "none"), None, "no_order_yet"),
        (Situation("civil_order", "restrained", outcome="motion_denied"), None, "motion_denied"),
        (Situation("civil_order", "protected", outcome="petition_denied"), None, "petition_denied"),
        (Situation("civil_order", "restrained", "final", outcome="ended"), None, "order_ended"),
        (
            Situation("civil_order", "protected", "final", flags=frozenset({"both_want_it_ended"})),
            None,
            "both_want_it_ended",
        ),
        (Situation("civil_order", "restrained", "final", flags=frozenset({"mutual_orders"})), None, "mutual_orders"),
        (Situation("criminal_case", "third_party"), None, "criminal_case"),
        (Situation("civil_order", "protected", "final"), "keep_order", "keep_order"),
        (Situation("civil_order", "protected", "final"), "extend_order", "extend_order"),
        (Situation("civil_order", "protected", "final"), "enforce_order", "enforce_order"),
        (Situation("civil_order", "restrained", "final"), "keep_order", "restrained_final"),
        (Situation("criminal_no_contact_order", "protected"), "enforce_order", "criminal_no_contact_order"),
    ],
)
def test_route(situation, goal, route):
    assert route_of(situation, goal) == route


def test_a_path_never_tells_one_side_the_steps_of_the_other():
    for situation, goal in itertools.product(SPACE, (None, "keep_order")):
        name, number = card_of(route_of(situation, goal), situation, ANSWERS)
        roles = ANSWERS[name].variants[number].fits.get("role")
        assert not (situation.role and roles) or situation.role in roles, (situation, name)


@pytest.mark.parametrize("goal", [None, *GOALS])
def test_at_most_three_questions_before_a_path(goal):
    """The state is the fourth question and is asked together with the path."""
    for start in SPACE:
        situation, skipped, asked = assumed(start, goal), frozenset(), 0
        while (question := next_question(situation, skipped, goal)) is not None:
            assert question in PATH_QUESTIONS and getattr(situation, question) is None
            skipped, asked = skipped | {question}, asked + 1
        assert asked <= 3


def test_what_is_known_is_not_asked():
    known = Situation("civil_order", "restrained", "temporary")
    assert next_question(known) is None
    assert next_question(known.with_(stage=None)) == "stage"
    assert next_question(known.with_(stage=None, outcome="ended")) is None
    assert next_question(Situation("civil_order", "third_party")) == "side"
    assert next_question(Situation("criminal_case", "protected")) is None
    assert next_question(Situation("civil_order", "protected"), goal="keep_order") is None


def test_goal_tells_only_what_it_must():
    assert assumed(Situation(), "contest_order") == Situation("civil_order", "restrained")
    assert assumed(Situation(role="protected"), "contest_order").role == "protected"
    assert assumed(Situation(), "get_order") == Situation("civil_order", "protected", "none")
    assert assumed(Situation(), "keep_order") == Situation("civil_order", "protected")
    assert assumed(Situation(), "drop_charges") == Situation()
    assert assumed(Situation("criminal_case"), "end_order").matter == "criminal_case"
    # A denied petition is not overwritten by the goal to get an order.
    assert assumed(Situation(outcome="petition_denied"), "get_order").stage is None
