"""The pathway logic is total: each combination of facts has a route, cards and a next step."""

from itertools import chain, combinations, product

import pytest
from whichpath.library.cards import load_library

from whichpath.library.situation import FLAGS, MATTERS, ROLES, ROUTES, SIDES, STAGES, Situation
from whichpath.library.topics import GOALS
from whichpath.pathway.questions import PATH_QUESTIONS, assumed, next_question
from whichpath.pathway.routes import check_library, path_of, route_of

ALL_FLAGS = [frozenset(c) for c in chain.from_iterable(combinations(FLAGS, n) for n in range(len(FLAGS) + 1))]
SPACE = [
    Situation(matter=m, role=r, stage=s, side=d, flags=f)
    for m, r, s, d, f in product((None, *MATTERS), (None, *ROLES), (None, *STAGES), (None, *SIDES), ALL_FLAGS)
]


@pytest.fixture(scope="module")
def library():
    return load_library()


def test_library_covers_every_route_and_topic(library):
    assert check_library(library) == []


def test_every_situation_has_a_path(library):
    assert len(SPACE) == 4 * 4 * 5 * 3 * 16
    for situation in SPACE:
        path = path_of(situation, library)
        assert path.cards, situation
        assert path.route is None or path.route in ROUTES
        if path.route is not None and path.cards[0].route is not None:
            assert path.cards[0].route == path.route, situation


def test_every_route_is_reached(library):
    assert {route_of(s) for s in SPACE} == {None, *ROUTES}


def test_no_route_only_while_role_or_stage_is_open():
    for situation in SPACE:
        if route_of(situation) is None:
            assert situation.role is None or situation.stage is None


@pytest.mark.parametrize(
    ("situation", "route"),
    [
        (Situation("civil_order", "protected", "temporary"), "protected_temporary"),
        (Situation("civil_order", "protected", "final"), "protected_final"),
        (Situation("civil_order", "restrained", "temporary"), "restrained_temporary"),
        (Situation("civil_order", "restrained", "final"), "restrained_final"),
        (Situation("criminal_case", "protected", "final"), "criminal_case"),
        (Situation("criminal_no_contact_order", "restrained"), "criminal_no_contact_order"),
        (Situation("civil_order", "third_party", "final"), "third_party"),
        (Situation("civil_order", "protected", "none"), "no_order_yet"),
        (Situation("civil_order", "restrained", "denied"), "motion_denied"),
        (Situation("civil_order", "protected", "final", flags=frozenset({"both_want_it_ended"})), "both_want_it_ended"),
        (Situation("civil_order", "restrained", "final", flags=frozenset({"mutual_orders"})), "mutual_orders"),
        (Situation("criminal_case", "third_party"), "criminal_case"),
    ],
)
def test_route(situation, route):
    assert route_of(situation) == route


def test_a_path_never_tells_one_side_the_steps_of_the_other(library):
    for situation in SPACE:
        for card in path_of(situation, library).cards:
            if situation.role in ("protected", "restrained") and card.roles:
                assert situation.role in card.roles, (situation, card.id)


@pytest.mark.parametrize("goal", [None, *GOALS])
def test_at_most_three_questions_before_a_path(goal):
    """The state is the fourth and comes with the path."""
    for start in SPACE:
        situation = assumed(start, goal)
        skipped, asked = frozenset(), 0
        while (question := next_question(situation, skipped)) is not None:
            assert question in PATH_QUESTIONS
            assert getattr(situation, question) is None
            skipped, asked = skipped | {question}, asked + 1
        assert asked <= 3


def test_what_is_known_is_not_asked():
    known = Situation("civil_order", "restrained", "temporary")
    assert next_question(known) is None
    assert next_question(known.with_(stage=None)) == "stage"
    assert next_question(Situation("civil_order", "third_party")) == "side"
    assert next_question(Situation("criminal_case", "protected")) is None


def test_goal_tells_only_what_it_must():
    assert assumed(Situation(), "contest_order") == Situation("civil_order", "restrained")
    assert assumed(Situation(role="protected"), "contest_order").role == "protected"
    assert assumed(Situation(), "get_order") == Situation("civil_order", "protected", "none")
    assert assumed(Situation(), "drop_charges") == Situation()
    assert assumed(Situation("criminal_case"), "end_order").matter == "criminal_case"
