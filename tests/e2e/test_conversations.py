"""Complete conversations over the real servers."""

import itertools
from pathlib import Path

import pytest
import yaml

from whichpath.library.entries import load_answers

ANSWERS = load_answers()
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
        # A misunderstanding is corrected as the bot offers, within the five turns.
        pytest.fail(f"{sentence!r} led to {answer.routes or answer.cards}")


#: Texts that a person types where no button applies.
SAYS = {
    "civil_order": "it is about a restraining order",
    "criminal_case": "it is about a criminal charge",
    "criminal_no_contact_order": "it is a no-contact order in a criminal case",
    "protected": "i asked for the order",
    "restrained": "the order is against me",
    "third_party": "i am asking for somebody else",
    "temporary": "it is not final yet",
    "final": "it is final",
}


def reply(answer, told):
    """The button that applies to the person, or a typed text where none does."""
    for button in answer.buttons:
        for fact, value in told.items():
            if f'"{fact}": "{value}"' in button["payload"] and "alongside" not in button["payload"]:
                return button["payload"]
    known = next((d["known"] for d in reversed(answer.data) if d.get("known")), {})
    missing = [SAYS[value] for fact, value in told.items() if known.get(fact) != value and value in SAYS]
    return missing[0] if missing else "what can i do about it"


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
        assert all(now != before for before, now in itertools.pairwise(seen)), seen


def expect(answer, row):
    """Asserts the expectations of a row of the files."""
    if "route" in row:
        assert row["route"] in answer.routes, (answer.routes, answer.text)
    if "card" in row:
        assert row["card"] in answer.cards, (answer.cards, answer.text)
    if "topic" in row:
        topics = [ANSWERS[card].topic for card in answer.cards if card in ANSWERS]
        assert row["topic"] in topics, (answer.cards, answer.text)
    if "safety" in row:
        assert any(d.get("safety") for d in answer.data), answer.text
    if row.get("legal") is False:
        assert not answer.legal, answer.cards
    for words in row.get("has", ()):
        assert words in answer.text, answer.text
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
