"""The Spanish texts: each belongs to an entry, is short, and its first sentence fits a text message."""

from __future__ import annotations

import shutil

import pytest

from whichpath.library.entries import load_answers
from whichpath.library.files import CONTENT
from whichpath.library.gate import spanish
from whichpath.library.spanish import load_spanish
from whichpath.settings import ROOT

SPANISH = load_spanish()


def test_all_of_it_is_well():
    assert list(spanish.faults(ROOT, load_answers())) == []
    assert SPANISH.routes.keys().isdisjoint(SPANISH.entries)


@pytest.fixture
def copy(tmp_path):
    shutil.copytree(CONTENT, tmp_path / "content", ignore=shutil.ignore_patterns("rules", "states"))
    shutil.copy(ROOT / "domain.yml", tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    ("file", "old", "new", "said"),
    [
        ("spanish.yml", "  go_home_on_bail:", "  go_home_on_the_bus:", "there is no such entry"),
        ("spanish.yml", "  go_home_on_bail: ", "  go_home_on_bail: La orden" + " dice" * 45 + ". ", "words, at most 45"),
        ("spanish.yml", "  go_home_on_bail: ", "  go_home_on_bail: La orden" + " diceasi" * 30 + ". ", "characters, at most"),
        ("spanish.yml", "  go_home_on_bail: ", "  go_home_on_bail: Solo como dice. ", "does not name what it is about"),
        ("spanish_titles.yml", "  hearing_how_long:", "  hearing_how_very_long:", "has no Spanish title"),
        ("spanish_titles.yml", "¿Cuánto dura la audiencia?", "Cuánto dura la audiencia?", "do not match"),
        ("spanish_titles.yml", "¿Cuánto dura la audiencia?", "¿Cuánto dura" + " la audiencia" * 5 + "?", "characters, at most"),
        ("spanish_titles.yml", "  utter_in_short:", "  utter_at_length:", "domain.yml has no such response"),
    ],
)  # fmt: skip
def test_each_fault_is_named(copy, file, old, new, said):
    path = copy / "content" / file
    before = path.read_text(encoding="utf-8")
    assert old in before
    path.write_text(before.replace(old, new, 1), encoding="utf-8")
    assert any(said in str(fault) for fault in spanish.faults(copy, load_answers()))


@pytest.mark.parametrize(
    ("payload", "title"),
    [
        ('/ask_hearing{"question": "hearing_how_long"}', "¿Cuánto dura la audiencia?"),
        ('/end_order{"question": "keep_order"}', "Conservar mi orden"),
        ("/ask_denied", "La negaron o ya terminó"),
        ('/inform{"outcome": "ended"}', "Venció o la desestimaron"),
        ("/not_sure", "No sé"),
        ("/nobody_knows", None),
    ],
)
def test_a_button_is_spanish(payload, title):
    assert SPANISH.title(payload) == title


def test_a_button_that_means_different_things_is_told_by_its_words():
    assert (
        SPANISH.title("/not_sure", "Skip this") == "Saltar" and SPANISH.title("/not_sure", "I am not sure") == "No sé"
    )
    assert "víctima" in (SPANISH.title('/inform{"role": "protected"}', "I am named as the victim") or "")


def test_a_way_to_a_lawyer_is_spanish():
    line = "Free legal aid in Florida: https://www.floridalawhelp.org/"
    assert SPANISH.lawyer(line) == "Ayuda legal gratis: https://www.floridalawhelp.org/"
    assert SPANISH.lawyer("Riverside: https://riverside.example.org") == "Riverside: https://riverside.example.org"
    hotline = "National Domestic Violence Hotline, free, day and night: 1-800-799-7233, or text START to 88788"
    assert "text" not in SPANISH.lawyer(hotline) and "1-800-799-7233" in SPANISH.lawyer(hotline)
