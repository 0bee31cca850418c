"""A broken content file gives one line that names file, card and field."""

import datetime as dt

import pytest
import yaml

from whichpath.library.cards import Card, Library, load_library
from whichpath.library.files import ContentError, read_yaml
from whichpath.library.situation import Situation

GOOD = {
    "id": "one",
    "title": "A card",
    "topic": "ask_lawyer",
    "route": None,
    "roles": [],
    "stages": [],
    "matters": [],
    "facts": ["R1"],
    "text": "Only the judge can end an order. " * 4,
    "sms": "Only the judge can end an order.",
    "sources": [{"title": "18 U.S.C. § 2265"}],
    "reviewed": "2026-11-22",
    "expires": "2027-01-01",
    "language": "en",
    "next": ["ask_forms"],
}


def folder_with(tmp_path, rows):
    (tmp_path / "cards").mkdir()
    (tmp_path / "facts.yml").write_text("R1: {fact: x}\n")
    (tmp_path / "cards" / "lawyer.yml").write_text(yaml.safe_dump(rows) if not isinstance(rows, str) else rows)
    return tmp_path


def test_a_good_file_loads(tmp_path):
    library = load_library(folder_with(tmp_path, [GOOD]))
    assert len(library) == 1
    assert library["one"].expires == dt.date(2027, 1, 1)


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"title": "x" * 61}, "field 'title'"),
        ({"id": "Not An Id"}, "field 'id'"),
        ({"topic": "ask_weather"}, "field 'topic': 'ask_weather' is not a topic"),
        ({"route": "nowhere"}, "field 'route': 'nowhere' is not a route"),
        ({"roles": ["king"]}, "field 'roles': 'king' is none of protected"),
        ({"stages": ["late"]}, "field 'stages'"),
        ({"matters": ["tax"]}, "field 'matters'"),
        ({"facts": ["Z9"]}, "field 'facts': no such fact Z9"),
        ({"text": "short"}, "field 'text'"),
        ({"sms": "x" * 201}, "field 'sms'"),
        ({"sms": "Only a judge — nobody else."}, "field 'sms': characters outside GSM-7: —"),
        ({"sources": []}, "field 'sources': at least one source"),
        ({"sources": [{"title": "x page", "url": "ftp://x"}]}, "field 'sources.0.url'"),
        ({"expires": "2026-01-01"}, "field 'expires': is not after 'reviewed'"),
        ({"reviewed": "soon"}, "field 'reviewed'"),
        ({"language": "english"}, "field 'language'"),
        ({"next": ["ask_forms", "ask_guns", "ask_record", "ask_motion"]}, "field 'next': at most 3"),
        ({"extra": 1}, "field 'extra'"),
    ],
)
def test_a_fault_names_file_card_and_field(tmp_path, change, complaint):
    row = {**GOOD, **change}
    with pytest.raises(ContentError) as error:
        load_library(folder_with(tmp_path, [row]))
    message = str(error.value)
    assert message.startswith(f"lawyer.yml, card {row['id']}")
    assert complaint in message
    assert "\n" not in message


@pytest.mark.parametrize(
    ("rows", "complaint"),
    [
        ("- a: [", "lawyer.yml line"),
        ("just words", "lawyer.yml: a list of cards is expected"),
        (["words"], "lawyer.yml, card number 1: a mapping is expected"),
        ([{k: v for k, v in GOOD.items() if k != "id"}], "lawyer.yml, card number 1, field 'id': field required"),
        ([GOOD, GOOD], "card 'one' stands twice"),
    ],
)
def test_a_broken_file_is_named(tmp_path, rows, complaint):
    with pytest.raises(ContentError, match=complaint.replace("(", r"\(")):
        load_library(folder_with(tmp_path, rows))


def test_no_cards_and_no_file(tmp_path):
    (tmp_path / "cards").mkdir()
    (tmp_path / "facts.yml").write_text("{}")
    with pytest.raises(ContentError, match="no cards"):
        load_library(tmp_path)
    with pytest.raises(ContentError, match=r"gone.yml: cannot be read"):
        read_yaml(tmp_path / "gone.yml")


def test_the_most_specific_card_is_chosen():
    cards = [
        Card(**{**GOOD, "id": "all"}),
        Card(**{**GOOD, "id": "restrained", "roles": ["restrained"]}),
        Card(**{**GOOD, "id": "restrained_final", "roles": ["restrained"], "stages": ["final"]}),
    ]
    library = Library(cards)
    assert library.for_topic("ask_lawyer", Situation()).id == "all"
    assert library.for_topic("ask_lawyer", Situation(role="protected")).id == "all"
    assert library.for_topic("ask_lawyer", Situation(role="restrained")).id == "restrained"
    assert library.for_topic("ask_lawyer", Situation(role="restrained", stage="final")).id == "restrained_final"
    assert library.for_topic("ask_guns", Situation()) is None
    assert library.for_route("criminal_case", Situation()) is None
