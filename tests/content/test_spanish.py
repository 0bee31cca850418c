"""The Spanish texts: each belongs to an entry that exists, is short, and opens with an answer that a text message holds."""

from __future__ import annotations

import re

from whichpath.library.entries import SMS_CHARS, load_answers
from whichpath.library.spanish import load_spanish

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
