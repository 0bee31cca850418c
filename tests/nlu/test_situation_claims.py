"""Facts stated explicitly, found by phrases; the other person's gender does not matter."""

from __future__ import annotations

import itertools
import re
from pathlib import Path

import pytest
import yaml

from whichpath.nlu.situation import cues, flags
from whichpath.nlu.situation.claims import STATED, read
from whichpath.nlu.text.encoder import get_encoder
from whichpath.nlu.text.neutral import canonical

ROWS = yaml.safe_load((Path(__file__).parent / "situation_cases.yml").read_text(encoding="utf-8"))
CASES = [(text, row["expect"]) for row in ROWS for text in row["say"]]
_PAIRS = (
    "he she", "him her", "his her", "husband wife", "boyfriend girlfriend", "himself herself", "dad mom", "father mother",
    "son daughter", "brother sister", "man woman", "guy girl", "uncle aunt", "bf gf", "hes shes",
)  # fmt: skip
_TO_HER = dict(pair.split() for pair in _PAIRS)
_TO_HIM = {"she": "he", "her": "him", **{b: a for a, b in _TO_HER.items() if b != "her"}}


def swapped(text: str, table: dict[str, str]) -> str:
    """The text with the words of the table replaced."""
    return re.sub(r"[a-z]+", lambda match: table.get(match.group(), match.group()), text)


def stated(text: str) -> dict[str, str]:
    """The facts that a text states."""
    return {claim.name: claim.value for claim in read(get_encoder().mend(text)) if claim.value}


@pytest.mark.parametrize(("text", "expected"), CASES, ids=[text for text, _ in CASES])
def test_what_is_stated(text: str, expected: dict[str, str | None]) -> None:
    for version in (text, swapped(text, _TO_HER), swapped(text, _TO_HIM)):
        found = stated(version)
        assert {name: found.get(name) for name in expected} == expected, version


@pytest.mark.parametrize("text", [text for text, _ in CASES])
def test_both_genders_become_the_same_words(text: str) -> None:
    her, him = swapped(text, _TO_HER), swapped(text, _TO_HIM)
    assert canonical(her) == canonical(him)
    assert get_encoder().mend(her) == get_encoder().mend(him)
    assert canonical(canonical(text)) == canonical(text)


_FRAMES = (
    "my {0} filed for an order against me and {1} says i hit {2}",
    "{1} wants it dropped too, we both want it gone",
    "i have an order on {2} and {1} has one on me too",
    "{1} was arrested for hitting me, {3} lawyer called",
    "the {0} i dated lied about me to {3} judge",
    "is {1} allowed to call me. {3} friend says so",
    "I WAS SERVED BY {3} FRIEND. {1} never came to court {2}self",
    "i got charged with assault on my {0}",
    "{1}'s my ex {0} and {1}'ll say anything",
    "my baby {4} took {3} kids and {1}d better bring them back",
)
_PEOPLE = (
    ("husband", "wife"), ("boyfriend", "girlfriend"), ("bf", "gf"), ("dad", "mom"), ("father", "mother"), ("son", "daughter"),
    ("brother", "sister"), ("man", "woman"), ("guy", "girl"), ("uncle", "aunt"), ("nephew", "niece"), ("fiance", "fiancee"),
    ("fiancé", "fiancée"), ("ex-husband", "ex-wife"), ("stepdad", "stepmom"), ("grandpa", "grandma"), ("hubby", "wife"),
    ("husband's", "wife's"), ("roommate", "roommate"), ("Husband", "Wife"),
)  # fmt: skip


@pytest.mark.parametrize(("frame", "people"), itertools.product(_FRAMES, _PEOPLE))
def test_a_pair_reads_alike(frame: str, people: tuple[str, str]) -> None:
    him = frame.format(people[0], "he", "him", "his", "daddy")
    her = frame.format(people[1], "she", "her", "her", "mama")
    assert canonical(him) == canonical(her)
    assert list(cues.vector(canonical(him))) == list(cues.vector(canonical(her)))
    assert {f.value for f in flags.flags(him)} == {f.value for f in flags.flags(her)}
    assert stated(him) == stated(her)


@pytest.mark.parametrize(
    ("him", "her"),
    [
        ("mi esposo puso una orden contra mí", "mi esposa puso una orden contra mí"),
        ("él me pegó y lo arrestaron", "ella me pegó y la arrestaron"),
        ("el me pego", "ella me pego"),
        ("el papá de mis hijos quiere quitar la orden", "la mamá de mis hijos quiere quitar la orden"),
        ("tengo una orden contra el, mi novio", "tengo una orden contra ella, mi novia"),
        ("mi hijo fue acusado por su novia", "mi hija fue acusada por su novio"),
        ("un hombre me sigue", "una mujer me sigue"),
    ],
)
def test_spanish_pairs_read_alike(him: str, her: str) -> None:
    assert canonical(him) == canonical(her)


@pytest.mark.parametrize(
    "text",
    [
        "i keep my tools in the shed",
        "the order is in force",
        "Los papeles son los mismos",
        "el juez dijo que no",
        "what the hell",
    ],
)
def test_what_tells_no_gender_stays(text: str) -> None:
    assert canonical(text) == text


def test_places_stay_in_the_original_text() -> None:
    for text, _ in CASES:
        for claim in read(get_encoder().mend(text)):
            start, end = get_encoder().aligned(text).original(claim.start, claim.end)
            assert 0 <= start < end <= len(text), (text, claim)


def test_a_place_shows_the_words_that_tell() -> None:
    text = "hi, my husbnd's sis said: he put a restraning ordr on me in ohio"
    claim = next(c for c in read(get_encoder().mend(text)) if c.name == "role")
    start, end = get_encoder().aligned(text).original(claim.start, claim.end)
    assert claim.confidence == STATED
    assert text[start:end].endswith("restraning ordr on me")


def test_spanish_is_not_mended_into_english() -> None:
    text = "la orden de la corte contra mi"
    assert get_encoder().mend(text) == text


def test_right_words_are_not_mended_into_wrong_ones() -> None:
    assert get_encoder().mend("i want to fite it") == "i want to fight it"


def test_the_component_emits_what_is_stated() -> None:
    from rasa.shared.nlu.constants import ENTITIES, TEXT
    from rasa.shared.nlu.training_data.message import Message

    from whichpath.nlu.situation.component import SituationClassifier

    text = "The judge denied my petition for a restraining order against my neighbor"
    message = Message({TEXT: text})
    SituationClassifier({}, None, None).process([message])
    found = {entity["entity"]: entity for entity in message.get(ENTITIES)}
    assert found["outcome"]["value"] == "petition_denied"
    assert found["order_type"]["value"] == "harassment_stalking"
    assert found["outcome"]["extractor"] == "SituationClassifier"
    assert text[found["outcome"]["start"] : found["outcome"]["end"]].startswith("denied my petition")


def test_a_phrase_that_is_written_badly_is_refused() -> None:
    from whichpath.nlu.situation.phrases import Phrases

    with pytest.raises(ValueError, match="brackets inside brackets"):
        Phrases({"group": ["a (b|(c)) d"]}, {})
