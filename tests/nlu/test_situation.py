"""Recognition of role, stage and matter by the model, and of flags and choices by patterns."""

from __future__ import annotations

import numpy as np
import pytest

from whichpath.nlu.situation import cues, flags
from whichpath.nlu.situation.component import SituationModel, known
from whichpath.nlu.text.confidence import UNCLEAR, Confidence
from whichpath.nlu.text.encoder import get_encoder

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
    assert "stage" not in claims  # no example gives it


def test_a_guess_stands_there_even_where_it_is_not_relied_upon(model: SituationModel) -> None:
    guesses = {g.name: g for g in model.guesses("good morning", get_encoder().encode(["good morning"])[0], None)}
    assert guesses["role"].value in ("protected", "restrained")
    assert not model.sure(guesses["role"], "word " * 20)


def test_confidence_says_how_often_a_claim_is_right() -> None:
    """A head that is always confident, and right in three of four messages."""
    labels = ["protected", "restrained", UNCLEAR]
    row = np.array([0.95, 0.04, 0.01])
    truth = ["protected", "protected", "protected", UNCLEAR] * 50
    confidence = Confidence.fit(np.stack([row] * len(truth)), labels, truth)
    value, sure = confidence.claim(row, labels)
    assert value == "protected"
    assert sure == pytest.approx(0.75, abs=0.03)


def test_confidence_falls_with_either_doubt() -> None:
    labels = ["protected", "restrained", UNCLEAR]
    rows, truth = [], []
    for told in (0.95, 0.5):
        for which in (0.95, 0.5):
            rows += [np.array([told * which, told * (1 - which), 1 - told])] * 40
            share = int(40 * told * which)
            truth += ["protected"] * share + ["restrained"] * (40 - share)
    confidence = Confidence.fit(np.stack(rows), labels, truth)
    both, first, second = (confidence.claim(rows[i], labels)[1] for i in (0, 40, 80))
    assert both > max(first, second)
    assert Confidence.fit(np.stack(rows[:3]), labels, truth[:3]) == Confidence()


def test_confidences_survive_saving(model: SituationModel, tmp_path) -> None:
    model.save(tmp_path)
    text = "my wife put a restraining order on me"
    vector = get_encoder().encode([text])[0]
    again = SituationModel.load(tmp_path, {"thresholds": {"role": 0.5}})
    assert [c.value for c in again.read(text, vector, None)] == [c.value for c in model.read(text, vector, None)]


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
    assert cues.vector(get_encoder().mend(text))[cues.NAMES.index(cue)] == 1


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
