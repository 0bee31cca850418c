"""The text before the folds: at most 90 words, in every answer and state."""

from __future__ import annotations

import datetime as dt

import pytest

from whichpath.library.entries import load_answers, words
from whichpath.library.situation import Situation
from whichpath.library.states.packs import load_states
from whichpath.pathway.brief import DAY_WORDS, HEADING_WORDS, WORDS, brief
from whichpath.pathway.compose import Composer

COMPOSER = Composer(load_states(), today=lambda: dt.date(2026, 11, 29))
TITLE, STEP = "Can I go home?", "Read the order for the word."


def many(number: int) -> str:
    return " ".join(["word"] * number)


@pytest.mark.parametrize(
    ("answer", "local", "short", "steps", "seen"),
    [
        (40, 0, 0, 3, ("", 3)),
        (40, 27, 8, 3, ("local", 2)),  # the third step is folded
        (45, 36, 8, 3, ("short", 3)),  # no step would be left: the state's line is shortened
        (45, 36, 34, 3, ("", 3)),  # no short form: it is folded
        (45, 30, 0, 0, ("local", 0)),
    ],
)
def test_the_first_step_goes_before_the_long_line_of_a_state(answer, local, short, steps, seen):
    lines = {"local": many(local), "short": many(short), "": None}
    found = brief(TITLE, many(answer), [STEP] * steps, many(local), many(short))
    assert (found["local"], found["steps"]) == (lines[seen[0]], seen[1])


def count(data: dict) -> int:
    """The number of words before the folds."""
    short = data["brief"]
    steps = data["steps"][: short["steps"]]
    heading = HEADING_WORDS if steps else 0
    return sum(map(words, (data["title"], short["answer"], short["local"] or "", *steps))) + heading


def situations(fits: dict, states) -> list[Situation]:
    known = {name: values[0] for name, values in fits.items()}
    return [Situation(state=code, **known) for code in states]


@pytest.mark.parametrize("room", [WORDS, WORDS - DAY_WORDS])
def test_no_answer_of_the_library_has_more_than_90_words_before_its_folds(room):
    states = (None, "FL", "NY", "CA", "AS", "AZ")  # the longest lines among them
    long, without = {}, 0
    for entry in load_answers():
        for number, variant in enumerate(entry.variants):
            for known in situations(variant.fits, states if variant.by_state else (None,)):
                data = COMPOSER.entry(entry, number, known, None, room=room).data
                if count(data) > room:
                    long[f"{entry.id}.{number} {known.state}"] = count(data)
                without += bool(data["steps"]) and not data["brief"]["steps"]
    assert long == {} and without == 0


def test_what_is_not_seen_at_once_is_still_in_the_message():
    entry = next(e for e in load_answers() if e.id == "not_allowed_to_talk")
    data = COMPOSER.entry(entry, 0, Situation(state="NY"), None).data
    assert data["local"] in data["answer"] and len(data["steps"]) == 3
    assert data["brief"]["answer"] == entry.variants[0].answer


def test_the_notice_is_told_short_and_in_full():
    data = COMPOSER.entry(load_answers()["who_can_end"], 0, Situation(), None).data
    assert "not legal advice" in data["notice_short"] and len(data["notice_short"]) <= 42
    assert "not legal advice" in data["notice"]


def test_in_spanish_what_a_state_adds_has_spanish_words_around_its_english_lines():
    known = Situation(state="FL", role="restrained", stage="temporary")
    data = COMPOSER.state_in_spanish(COMPOSER.state(known, ["hearing", "length"]), "FL").data
    assert data["lang"] == "es" and data["title"] == "Lo que sé de Florida"
    assert data["brief"]["answer"] == "Anotado: Florida."
    (fold,) = data["sections"]
    assert fold["lang"] == "en" and "In Florida" in fold["text"]
    assert "consejo legal" in data["notice"] and data["referral"].count("https://") == 3
