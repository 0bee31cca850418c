"""Which results `make faults` counts as missed. The command itself injects the faults."""

from __future__ import annotations

import pytest

from bench.resilience.faults import NEXT, Cell, judge, page
from bench.resilience.faults_kinds import BOUND, FAULTS
from bench.resilience.faults_people import CLOSED, FALLBACK
from whichpath.library.phrases import load_phrases

BY_NAME = {fault.name: fault for fault in FAULTS}
SORRY = load_phrases().unavailable.text


@pytest.mark.parametrize(
    ("fault", "words", "seconds", "after", "lost", "missed"),
    [
        ("action server hangs", SORRY, 8.1, "yes", "nothing", ()),
        ("action server hangs", SORRY, BOUND + 1, "yes", "nothing", (f"later than {BOUND:g} s",)),
        ("action server hangs", None, 100, "yes", "nothing", ("silent",)),
        ("action server hangs", "Your order has ended.", 1, "yes", "nothing", ("no honest word",)),
        ("action server hangs", SORRY, 1, "no", "unknown", ("lost", "does not go on")),
        ("Rasa hangs", FALLBACK, 15, "yes", "nothing", ()),
        ("Rasa hangs", CLOSED, 45, "yes", "nothing", ()),
        ("database restarted while idle (PostgreSQL)", SORRY, 1, "yes", "nothing", ("noticed",)),
        ("database restarted while idle (PostgreSQL)", f"{NEXT} is it?", 1, "yes", "nothing", ()),
    ],
)
def test_bars(fault, words, seconds, after, lost, missed):
    assert judge(BY_NAME[fault], "SMS", words, seconds, after, lost) == missed


def test_every_fault_has_a_name_of_its_own_and_channels():
    assert len(BY_NAME) == len(FAULTS) and all(fault.only for fault in FAULTS)


def test_the_page_shows_what_was_missed():
    cells = [
        Cell("action server killed", "web", SORRY, 0.4, "nothing", "yes", ()),
        Cell("action server killed", "SMS", None, 100.0, "nothing", "no", ("silent", "does not go on")),
    ]
    text = page(cells)
    assert "**2 cells, 1 silent, 1 with a bar missed.**" in text
    assert "**nothing** · 100.0 s · **silent, does not go on**" in text and "· 0.4 s |" in text
