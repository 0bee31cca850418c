"""Language recognition: the messages of `language_cases.yml`, and the component."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from rasa.shared.nlu.constants import ENTITIES, TEXT
from rasa.shared.nlu.training_data.message import Message

from whichpath.nlu.language.component import LanguageDetector
from whichpath.nlu.language.recognise import recognise

CASES = yaml.safe_load((Path(__file__).parent / "language_cases.yml").read_text("utf-8"))
CLEAR = [(code, text) for code in ("es", "en") for text in CASES[code].splitlines()]


@pytest.mark.parametrize(("code", "text"), CLEAR)
def test_the_language_of_a_message(code: str, text: str) -> None:
    assert recognise(text).code == code
    assert recognise(text.upper()).code == code


@pytest.mark.parametrize("text", CASES["none"].splitlines())
def test_an_answer_of_a_word_is_no_language(text: str) -> None:
    assert recognise(text).code is None


@pytest.mark.parametrize("text", CASES["not_spanish"].splitlines())
def test_who_asks_about_spanish_in_english_writes_english(text: str) -> None:
    assert recognise(text).code == "en"


@pytest.mark.parametrize("text", ["español", "do you speak spanish", "en espanol porfa"])
def test_spanish_asked_for_by_name(text: str) -> None:
    assert recognise(text).asked == "es"


def test_the_component_sets_attribute_and_entity() -> None:
    message = LanguageDetector().process([Message({TEXT: "¿cómo quito la orden?"})])[0]
    assert message.get("language") == "es"
    assert [(e["entity"], e["value"]) for e in message.get(ENTITIES)] == [("language", "es")]
    assert "language" in message.output_properties


@pytest.mark.parametrize("text", ["si", "/restart", ""])
def test_the_component_says_nothing_where_it_is_not_clear(text: str) -> None:
    message = LanguageDetector().process([Message({TEXT: text})])[0]
    assert message.get("language") is None
    assert not message.get(ENTITIES)
