"""The sentences that channels send without Rasa, and how a turn's messages are collected."""

from __future__ import annotations

import pytest
import textstat

from whichpath.channels.output import TurnOutput
from whichpath.library.files import CONTENT, ContentError
from whichpath.library.phrases import load_phrases

GUARD = CONTENT / "guard.yml"


def test_the_sentence_for_trouble_names_whom_to_call_and_promises_nothing():
    said = load_phrases().unavailable
    for words in (said.text, said.sms):
        assert "911" in words and "1-800-799-7233" in words and "Nothing in your case has changed" in words


@pytest.mark.parametrize("name", ["unavailable", "empty", "too_long", "new_session"])
def test_they_read_easily(name):
    phrase = getattr(load_phrases(), name)
    assert textstat.flesch_kincaid_grade(phrase.text) <= 6
    assert textstat.flesch_kincaid_grade(phrase.sms) <= 6


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda t: t.replace("empty:", "void:"), "empty"),
        (
            lambda t: t.replace("  sms: My", "  mms: My") if "  sms: My" in t else t.replace("  sms:", "  mms:", 1),
            "guard.yml",
        ),
        (lambda t: "- a list\n", "guard.yml"),
        (lambda t: t + "\n bad: [", "guard.yml"),
        (lambda t: t.replace("I can only read words. Tell", "Nur Wörter “so” — tell"), "GSM-7"),
    ],
)
def test_a_broken_file_is_named(tmp_path, change, told):
    path = tmp_path / "guard.yml"
    path.write_text(change(GUARD.read_text()))
    with pytest.raises(ContentError, match=told):
        load_phrases.__wrapped__(path)


async def test_a_message_is_one_object_and_a_copy():
    output = TurnOutput("rest")
    sent = {
        "text": "a\n\nb",
        "buttons": [{"title": "T", "payload": "/help", "type": "x"}],
        "custom": {"data": {"k": []}},
    }
    await output.send_response("who", {**sent, "timestamp": 1.0, "utter_action": "utter_x", "image": None})
    sent["custom"]["data"]["k"].append("later")
    assert output.messages == [
        {"text": "a\n\nb", "buttons": [{"title": "T", "payload": "/help"}], "custom": {"data": {"k": []}}}
    ]
    assert output.name() == "rest"


async def test_quick_replies_are_buttons_and_nothing_is_no_message():
    output = TurnOutput("web")
    await output.send_response("who", {"text": "a", "quick_replies": [{"title": "T", "payload": "/help"}]})
    await output.send_response("who", {"text": None, "custom": {}})
    await output.send_text_message("who", "b")
    assert [m.get("buttons") for m in output.messages] == [[{"title": "T", "payload": "/help"}], None]


async def test_what_the_guard_asks_of_a_turn():
    output = TurnOutput("web")
    await output.send_response("who", {"text": "a", "custom": {"data": "no mapping"}})
    assert not output.safe and not output.erase
    await output.send_response("who", {"text": "a", "custom": {"data": {"safety": True, "erase": True}}})
    assert output.safe and output.erase
