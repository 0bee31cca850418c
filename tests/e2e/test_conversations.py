"""Whole conversations over the real Rasa server and the real action server."""

import datetime as dt
from pathlib import Path

import pytest
import yaml
from whichpath.library.cards import load_library

LIBRARY = load_library()
HERE = Path(__file__).parent
ROUTES = yaml.safe_load((HERE / "routes.yml").read_text())
CONVERSATIONS = yaml.safe_load((HERE / "conversations.yml").read_text())
FAQ = yaml.safe_load((HERE / "faq.yml").read_text())
TURNS = 5


@pytest.mark.parametrize(
    ("route", "sentence"), [(r, s) for r, row in ROUTES.items() for s in row["says"]], ids=lambda v: str(v)[:60]
)
def test_each_situation_reaches_its_path_in_five_turns(person, route, sentence):
    answer = person.say(sentence)
    told = ROUTES[route]["person"]
    for _ in range(TURNS - 1):
        if answer.routes:
            break
        answer = person.say(reply(answer, told))
    if answer.routes[:1] != [route]:
        # What was understood wrongly is corrected as the bot offers, still within the five turns.
        pytest.fail(f"{sentence!r} led to {answer.routes or answer.cards}")


def reply(answer, told):
    """What this person presses: the choice that says what is true of them."""
    for button in answer.buttons:
        for fact, value in told.items():
            if f'"{fact}": "{value}"' in button["payload"] and "alongside" not in button["payload"]:
                return button["payload"]
    raise AssertionError(f"nothing to answer: {answer.text[-300:]}")


@pytest.mark.parametrize("row", FAQ, ids=lambda r: r["say"])
def test_faq(person, row):
    expect(person.say(row["say"]), row)


@pytest.mark.parametrize("conversation", CONVERSATIONS, ids=lambda c: c["name"])
def test_conversation(person, conversation):
    seen = []
    for turn in conversation["turns"]:
        answer = person.press(turn["press"]) if "press" in turn else person.say(turn["say"])
        expect(answer, turn)
        seen.append(answer.text)
    if conversation.get("differ"):
        assert all(now != before for before, now in zip(seen, seen[1:], strict=False)), seen


def expect(answer, row):
    """Asserts what a row of the files asks of an answer."""
    if "route" in row:
        assert row["route"] in answer.routes, (answer.routes, answer.text)
    if "card" in row:
        assert row["card"] in answer.cards, (answer.cards, answer.text)
    if "topic" in row:
        topics = [LIBRARY[card].topic for card in answer.cards if card in LIBRARY.cards]
        assert row["topic"] in topics, (answer.cards, answer.text)
    if "safety" in row:
        assert any(d.get("safety") for d in answer.data), answer.text
    if row.get("legal") is False:
        assert not answer.legal, answer.cards
    # A card past its date is not shown: age is no fault of the code.
    aged = any(not LIBRARY[card].fresh(dt.date.today()) for card in answer.cards if card in LIBRARY.cards)
    for words in row.get("has", ()):
        assert words in answer.text or (aged and "past its date" in answer.text)
    for words in row.get("lacks", ()):
        assert words not in answer.text
    if "ends" in row:
        assert row["ends"] in answer.messages[-1]["text"], answer.messages[-1]["text"]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        "😀😭🙏",
        "/restart",
        '/inform{"role": "king"}',
        "/EXTERNAL_reminder",
        "/session_start",
        "/inform{",
        "<script>alert(1)</script><b>help</b>",
        "a" * 102_400,
        "how do i end it " * 6_400,
        "\x00\x07\u202e",
        "{}",
        "null",
        "?!",
    ],
    ids=lambda t: repr(t[:20]),
)
def test_odd_input_gets_a_sentence(person, text):
    answer = person.say(text)
    for trace in ("Traceback", "Error", "Exception", "<script>"):
        assert trace not in answer.text
