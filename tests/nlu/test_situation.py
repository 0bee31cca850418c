"""Role, stage and matter; circumstances and choices found by patterns."""

from __future__ import annotations

import pytest

from nlu import cues, flags
from nlu.encoder import get_encoder
from nlu.situation import SituationModel, known

_PROTECTED = {"role": "protected", "stage": "unclear", "matter": "civil_order"}
_RESTRAINED = {"role": "restrained", "stage": "unclear", "matter": "civil_order"}
_NOTHING = {"role": "unclear", "stage": "unclear", "matter": "unclear"}
EXAMPLES: list[tuple[str, dict[str, str]]] = [
    *((f"i {verb} a restraining order on my {who}", _PROTECTED) for verb in ("filed", "got", "took out") for who in ("ex", "wife", "son")),
    *((f"my {who} {verb} a restraining order on me", _RESTRAINED) for verb in ("filed", "got", "took out") for who in ("ex", "wife", "son")),
    *((text, _NOTHING) for text in ("hello", "thanks", "how long does it take", "what is a motion", "where is the court", "ok", "no")),
]  # fmt: skip


@pytest.fixture(scope="module")
def model() -> SituationModel:
    texts = [t for t, _ in EXAMPLES]
    settings = {"thresholds": {"role": 0.5}, "C": 10.0}
    return SituationModel.fit(texts, get_encoder().encode(texts), [], [s for _, s in EXAMPLES], settings)


@pytest.mark.parametrize(
    ("text", "role"),
    [
        ("i put a restraining order on my boyfriend", "protected"),
        ("my boyfriend put a restraining order on me", "restrained"),
        ("good morning", None),
    ],
)
def test_who_asked_decides_the_role(model: SituationModel, text: str, role: str | None) -> None:
    claims = {c.name: c.value for c in model.read(text, get_encoder().encode([text])[0], None)}
    assert claims.get("role") == role
    assert "stage" not in claims  # every example leaves it open


def test_examples_without_a_situation_teach_that_nothing_is_known() -> None:
    assert known({}) == _NOTHING
    assert known({"role": "protected"}) == {"role": "protected"}


@pytest.mark.parametrize(
    ("text", "cue"),
    [
        ("I just filed for a TRO on him", "i_filed"),
        ("the order i got last year", "order_i_filed"),
        ("my ex wife took out a pfa on me", "he_filed"),
        ("she put one on me", "he_filed_on_me"),
        ("I was served yesterday", "i_was_served"),
        ("it’s against me", "against_me"),
        ("my son's girlfriend took one out on him", "for_kin"),
        ("court is on the 17th", "hearing_ahead"),
        ("the judge denied my motion", "denied"),
        ("a permanent injunction", "final"),
        ("he was arrested and the DA pressed charges", "charges"),
    ],
)
def test_cues(text: str, cue: str) -> None:
    assert cues.vector(text)[cues.NAMES.index(cue)] == 1


def test_a_span_points_at_the_words_that_tell() -> None:
    text = "hi, my ex put an order on me"
    start, end = cues.span(text, ("he_filed_on_me",))
    assert text[start:end].endswith("on me")
    assert cues.span("nothing here", ("denied",)) == (0, 12)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("we both want it gone", {"both_want_it_ended"}),
        ("she wants it dropped too", {"both_want_it_ended"}),
        ("we have orders on each other", {"mutual_orders"}),
        ("he is out on bail and the prosecutor called me", {"criminal_alongside"}),
        ("i just want visitation with my kids", {"custody_alongside"}),
        ("how do i cancel my tro", set()),
        ("do they charge a fee", set()),
    ],
)
def test_flags(text: str, expected: set[str]) -> None:
    assert {f.value for f in flags.flags(text)} == expected


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("1", "1"), ("2.", "2"), ("(3)", "3"), ("one", "1"), ("Two", "2"), ("option 2", "2"), ("number three", "3"),
        ("the second one", "2"), ("2nd", "2"), ("#4", "4"), ("i pick the first", "1"), ("the first option please", "1"),
    ],
)  # fmt: skip
def test_choices(text: str, number: str) -> None:
    found = flags.choice(text)
    assert found is not None
    assert found.value == number


@pytest.mark.parametrize(
    "text",
    [
        "",
        "12",
        "0",
        "2 years",
        "one more question",
        "209A",
        "the 17th",
        "my first hearing",
        "i have 2 kids",
        "no one",
        "1 and 2",
    ],
)
def test_no_choices(text: str) -> None:
    assert flags.choice(text) is None
