"""Spelling correction, and words that must not be corrected, such as those of another language."""

import json

import pytest

from whichpath.nlu.text import encoder, spelling

WORDS = frozenset(json.loads((encoder.WEIGHTS / "tokenizer.json").read_text(encoding="utf-8"))["model"]["vocab"])

SPANISH = [
    "mi esposo me puso una orden de proteccion",
    "quiero quitar la orden contra mi marido",
    "el juez firmó la orden en la corte",
    "como puedo terminar la orden, es posible",
    "mi ex pareja me sigue por la calle todas las noches",
    "tengo una audiencia el lunes y no tengo abogado",
    "cuánto dura una orden permanente en este estado",
    "necesito cancelar los cargos contra mi novio",
    "puedo hablar con mis hijos si hay una orden",
    "la policia lo arrestó por violar la orden",
    "que documentos debo llevar al tribunal del distrito",
    "me amenazo con un cuchillo y tengo miedo",
    "firme los papeles sin entender nada",
    "el fiscal decide si se retira el caso",
    "mi suegra pidió la orden, no mi esposa",
    "donde presento la solicitud y cuanto cuesta",
    "ella mintió en su declaración",
    "mucha gente dice que es justo",
]
MENDED = {
    "i want to fite it": "i want to fight it",
    "restraning ordr": "restraining order",
    "he got arested": "he got arrested",
    "hearng is tmrw": "hearing is tomorrow",
    "the jugde dismised it": "the judge dismissed it",
    "my atorney quit": "my attorney quit",
    "pls help": "please help",
    "plz tell me": "please tell me",
    "cuz she lied": "because she lied",
    "u need ur papers": "you need your papers",
    "i wanna drop it": "i want to drop it",
    "gonna file": "going to file",
    "thx": "thanks",
    "mi ex filed it": "my ex filed it",
}
RIGHT = [
    "he fired me",
    "the fire was out",
    "i read it",
    "a form of abuse",
    "they heard us",
    "clear it up",
    "Maria has the car",
]


@pytest.mark.parametrize("text", SPANISH)
def test_spanish_is_left_as_it_is(text):
    assert spelling.mend(text, WORDS) == text


@pytest.mark.parametrize("text", MENDED)
def test_slips_are_mended(text):
    assert spelling.mend(text, WORDS) == MENDED[text]


@pytest.mark.parametrize("text", RIGHT)
def test_right_words_stay(text):
    assert spelling.mend(text, WORDS) == text
