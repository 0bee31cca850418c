"""Legal terms: each has one plain line and an entry, and is matched as a whole word."""

from __future__ import annotations

import datetime as dt

import pytest

from whichpath.library.entries import load_answers
from whichpath.library.gate.words import text_faults
from whichpath.library.terms import MOST, load_terms

TERMS = load_terms()
TODAY = TERMS.reviewed


def test_each_term_has_a_long_answer_with_sources():
    answers = load_answers()
    for term in TERMS.terms:
        entry = answers.get(term.entry)
        assert entry is not None and (entry.sources or entry.variants[0].sources), term.term


def test_each_line_is_short_and_plain():
    for term in TERMS.terms:
        assert list(text_faults(term.text)) == [], term.term
        assert len(term.text.split()) <= 15 and term.text.endswith("."), term.term


def test_no_two_terms_share_a_word():
    shapes = [shape for term in TERMS.terms for shape in (term.term, *term.forms)]
    assert len(shapes) == len(set(shapes))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Ask for a civil standby, and file a motion.", ["civil standby", "motion"]),
        ("File two Motions.", ["Motions"]),
        ("Ask the self-help center.", ["self-help center"]),
        ("It stirs emotion; it is reserved.", []),
        ("Once you are served (handed the papers), it counts.", []),  # the answer explains it itself
        ("It can be made final without your side (default).", []),
        ("Motions, motions and a motion.", ["Motions"]),
    ],
)
def test_a_term_is_found_as_it_is_written_and_once(text, found):
    assert [each["term"] for each in TERMS.standing_in([text], TODAY)] == found


def test_the_entry_that_explains_a_term_at_length_gets_no_line_for_it():
    assert TERMS.standing_in(["A motion."], TODAY, told="word_motion") == []


def test_an_answer_is_not_all_dots():
    text = " ".join(term.term for term in TERMS.terms)
    assert len(TERMS.standing_in([text], TODAY)) == MOST


def test_past_their_date_none_is_shown():
    assert TERMS.standing_in(["A motion."], TERMS.expires + dt.timedelta(days=1)) == []


def test_in_spanish_its_line_is_spanish():
    (term,) = TERMS.standing_in(["Presente una motion."], TODAY, "es")
    assert term["text"].startswith("Un papel")
