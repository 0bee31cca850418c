"""The Spanish texts: each belongs to an entry that exists, is short, and opens with an answer that a text message holds."""

from __future__ import annotations

import re

import pytest

from whichpath.library.entries import QUESTION_CHARS, SMS_CHARS, load_answers
from whichpath.library.files import CONTENT, read_yaml
from whichpath.library.spanish import load_spanish
from whichpath.settings import ROOT

SPANISH = load_spanish()
TEXTS = {name: " ".join(text.split()) for name, text in {**SPANISH.routes, **SPANISH.entries}.items()}
WORDS = 45
#: What an answer can be about: the one sentence that a reader may take away has to name it.
SUBJECT = re.compile(
    r"\b(orden|órdenes|corte|juez|audiencia|cargos?|hijos?|armas|casas?|casos?|abogad[oa]|citación|declarar|testigo|papeles|"
    r"polic[ií]a|911|contacto|récord|fianza|renta|manutención|cárcel|prueba|petición|probation|condena|juicio|víctima)\b",
    re.IGNORECASE,
)


def opening(text: str) -> str:
    return re.split(r"(?<=[.?!])\s", text, maxsplit=1)[0]


def test_each_spanish_text_belongs_to_an_entry():
    known = {entry.id for entry in load_answers()}
    assert sorted(TEXTS.keys() - known) == []
    assert SPANISH.routes.keys().isdisjoint(SPANISH.entries)


def test_each_spanish_text_is_short():
    assert {name: len(text.split()) for name, text in TEXTS.items() if len(text.split()) > WORDS} == {}


def test_each_spanish_opening_fits_a_text_message():
    assert {name: opening(text) for name, text in TEXTS.items() if len(opening(text)) > SMS_CHARS} == {}


def test_each_spanish_opening_names_its_subject():
    assert {name: opening(text) for name, text in TEXTS.items() if not SUBJECT.search(opening(text))} == {}


def test_an_opening_without_its_subject_is_found():
    assert not SUBJECT.search("Solo como dice. Puede pedirlo.") and SUBJECT.search("Puede pedirle la orden al juez.")


TITLES = SPANISH.titles


def test_each_question_path_and_topic_has_a_spanish_title():
    assert {entry.id for entry in load_answers()} == TITLES.questions.keys()
    assert read_yaml(CONTENT / "topics.yml").keys() == TITLES.topics.keys()


def test_no_two_questions_have_the_same_spanish_title_and_each_fits_a_button():
    titles = list(TITLES.questions.values())
    assert len(titles) == len(set(titles))
    assert [title for title in titles if len(title) > QUESTION_CHARS] == []
    assert [title for title in titles if title.count("¿") != title.count("?")] == []


def test_what_is_said_in_spanish_fills_the_same_places():
    responses = read_yaml(ROOT / "domain.yml")["responses"]
    for name, text in TITLES.responses.items():
        english = responses[name][-1]["text"]
        assert set(re.findall(r"\{\w+\}", text)) == set(re.findall(r"\{\w+\}", english)), name


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


def test_each_button_of_the_domain_is_spanish():
    responses = read_yaml(ROOT / "domain.yml")["responses"]
    english = [
        (name, button["title"])
        for name, variants in responses.items()
        for button in variants[-1].get("buttons") or ()
        if not SPANISH.title(button["payload"], button["title"])
    ]
    assert english == []


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
