"""Recognition of states, and of words that only resemble them. A wrong state leads to wrong deadlines."""

import time
from pathlib import Path

import pytest
import yaml
from rasa.shared.nlu.constants import ENTITIES, TEXT
from rasa.shared.nlu.training_data.message import Message

from bench.accuracy import understood
from whichpath.library.rules import load_rules
from whichpath.library.states.packs import load_states
from whichpath.nlu.places import names as place_names
from whichpath.nlu.places import tables
from whichpath.nlu.places.component import PlaceExtractor
from whichpath.nlu.places.letters import ANSWERS

STATES = load_states()

CASES = yaml.safe_load(Path(__file__).with_name("place_cases.yml").read_text(encoding="utf-8"))
#: message -> states, the one that made the order first.
NAMED: dict[str, str] = CASES["named"]
NOT_NAMED: list[str] = CASES["not_named"]


def codes(text):
    return " ".join(place.code for place in place_names.find(text))


@pytest.mark.parametrize("text", NAMED)
def test_named(text):
    assert codes(text) == NAMED[text]


@pytest.mark.parametrize("text", NOT_NAMED)
def test_not_named(text):
    assert codes(text) == ""


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [(kind, *row) for kind in ("ambiguous", "abroad") for row in CASES[kind].items()],
)
def test_no_state_but_a_place(kind, text, value):
    read = place_names.read(text)
    assert not read.places
    assert [other.value for other in getattr(read, kind)][:1] == [value]


@pytest.mark.parametrize(
    ("text", "entity", "value"),
    [("im in portland", "ambiguous_place", "portland"), ("i live in toronto, canada", "abroad", "Canada")],
)
def test_entity_where_no_state_is_told(text, entity, value):
    message = Message(data={TEXT: text})
    PlaceExtractor().process([message])
    assert [(found["entity"], found["value"]) for found in message.get(ENTITIES)] == [(entity, value)]


#: A town, or a name that is also a town, with its state: only the state counts.
TOWNS = ["Nevada", "California", "Miami", "Houston", "Springfield", "Manhattan", "Salem", "Indiana", "Denver"]


@pytest.mark.parametrize("code", sorted(place_names.codes() - {"WA", "DC", "AS", "GU", "MP", "VI", "PR"}))
def test_a_town_before_any_state(code):
    name = STATES.packs[code].name
    for town in TOWNS:
        if town == name:
            continue
        for text in (
            f"{town}, {name}",
            f"i live in {town}, {name}",
            f"{town.lower()} {name.lower()}",
            f"{town}, {name}.",
        ):
            assert codes(text) == code, text
        if code not in ANSWERS:
            assert codes(f"{town}, {code}") == code, (town, code)


@pytest.mark.parametrize("code", sorted(place_names.codes() - {"MP", "AS"}))
def test_a_zip_code_of_each_state(code):
    first = next(digits for digits, state in tables.zips().items() if state == code)
    assert codes(f"{first}01") == codes(f"my zip is {first}01") == code


def test_table_is_long_enough():
    assert len(NAMED) >= 400
    assert len(NOT_NAMED) >= 100
    assert place_names.codes() <= set(" ".join(NAMED.values()).split())


@pytest.mark.parametrize("code", sorted(place_names.codes()))
def test_every_state_by_its_name(code):
    name = STATES.packs[code].name
    for text in (name, name.lower(), f"i live in {name}", f"the order is from {name}."):
        assert codes(text) == code, text


@pytest.mark.parametrize("code", sorted(place_names.codes() - {"LA", *place_names.WORDS}))
def test_every_safe_code(code):
    for text in (code, code.lower(), f"in {code}", f"im in {code.lower()}", f"an order from {code}"):
        assert codes(text) == code, text


def test_places_are_in_one_list_only():
    """A name must not be listed in two states: the order in the file would decide."""
    seen = {}
    rows = [
        (name, code)
        for code, kinds in place_names.data()["states"].items()
        for names in kinds.values()
        for name in names or ()
    ]
    rows += [(name, "ambiguous") for name in place_names.data()["ambiguous"]]
    for name, code in rows:
        assert name not in seen, (name, code, seen[name])
        assert name == name.lower()
        seen[name] = code


def test_names_of_orders_are_those_of_one_state():
    """A nickname of an order must not be in the name of another state's order."""
    rules = load_rules(STATES.names()).rules
    names = {code: " | ".join(r.line for r in rows if r.field == "kinds").lower() for code, rows in rules.items()}
    assert len(names) == 56 and all(names.values())
    for code, kinds in place_names.data()["states"].items():
        for order in kinds.get("orders") or ():
            others = [c for c, text in names.items() if c != code and f" {order} " in f" {text} "]
            assert not others, (order, others)


def test_entity_has_the_agreed_form():
    message = Message(
        data={TEXT: "order from Ohio, live in Texas", ENTITIES: [{"entity": "role", "value": "restrained"}]}
    )
    PlaceExtractor().process([message])
    assert message.get(ENTITIES)[1:] == [
        {"entity": "state", "value": "OH", "start": 11, "end": 15, "confidence": 1.0, "extractor": "PlaceExtractor"},
        {
            "entity": "state",
            "value": "TX",
            "start": 25,
            "end": 30,
            "confidence": 1.0,
            "extractor": "PlaceExtractor",
            "lives": True,
        },
    ]


def test_never_raises_and_leaves_payloads_alone(monkeypatch):
    payload = Message(data={TEXT: '/inform{"state": "TX"}'})
    PlaceExtractor().process([payload])
    assert not payload.get(ENTITIES)
    monkeypatch.setattr(place_names, "read", lambda text: 1 / 0)
    message = Message(data={TEXT: "in texas"})
    PlaceExtractor().process([message])
    assert message.get(ENTITIES) == []
    empty = Message(data={})
    assert PlaceExtractor().process([empty]) == [empty]


@pytest.mark.parametrize(
    "text", ["\u200b", "ñandú" * 300, "in " * 2000, "TX " * 500, "🙂🙂 texas 🙂", "a.b.c. d.c. n.y.", "\n\t\x00"]
)
def test_odd_text(text):
    assert isinstance(place_names.find(text), list)


def test_fast():
    """2 ms per message on average, with a margin for a shared machine."""
    texts = list(NAMED) + [text for text in NOT_NAMED if text]
    place_names.find("warm up")
    start = time.perf_counter()
    for text in texts:
        place_names.find(text)
    assert (time.perf_counter() - start) / len(texts) < 0.004


def test_the_printed_table_marks_what_was_understood_otherwise():
    row = understood.Row(None, "in texas", "TX", "TX")
    text = understood.table([row, row._replace(got="")], "States")
    assert text.count("<-- wanted TX") == 1
    assert "1 of 2 as wanted" in text
