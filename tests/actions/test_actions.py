"""Actions with a real tracker and dispatcher: replies, changed slots, errors."""

from __future__ import annotations

import json
import logging

import pytest
import yaml
from rasa_sdk import Tracker
from rasa_sdk.executor import ActionExecutor, CollectingDispatcher

from actions import base, slots
from actions.actions import (
    ActionAnswer,
    ActionClarify,
    ActionPath,
    ActionQuestion,
    ActionResume,
    ActionSafety,
    ActionSession,
)
from whichpath.library.files import CONTENT
from whichpath.pathway.conversation import HANDLERS
from whichpath.pathway.questions import ALL_QUESTIONS

DOMAIN = yaml.safe_load((CONTENT.parent / "domain.yml").read_text(encoding="utf-8"))


class Said:
    """The messages and events of an action."""

    def __init__(self, dispatcher, events):
        self.messages = dispatcher.messages
        self.text = "\n".join(m.get("text") or "" for m in self.messages)
        self.slots = {e["name"]: e["value"] for e in events if e["event"] == "slot"}
        self.events = events


def run(action, intent="inform", entities=None, known=None, shown=None, text="words", **message):
    """Runs ``action`` on one message."""
    values = {**dict.fromkeys(slots.ALL), **(known or {})}
    rows = [{"entity": k, "value": v} for k, v in (entities or {}).items()]
    latest = {"text": text, "intent": {"name": intent}, "entities": rows, **message}
    events = [{"event": "bot", "text": "x", "data": {"buttons": shown}}] if shown else []
    tracker = Tracker("someone", values, latest, events, False, None, {}, "action_listen")
    dispatcher = CollectingDispatcher()
    return Said(dispatcher, action.run(dispatcher, tracker, DOMAIN))


def test_a_path_is_told_with_check_notice_and_choices():
    said = run(ActionPath(), "end_order", {"role": "restrained", "stage": "final"})
    first = said.messages[0]
    assert first["text"].startswith("I understood this: the order is against you, and it is final.")
    assert first["custom"]["data"]["route"] == "restrained_final"
    assert first["custom"]["data"]["known"] == {"matter": "civil_order", "role": "restrained", "stage": "final"}
    assert said.messages[1]["text"].startswith("Which state")
    assert said.slots["role"] == "restrained"
    assert said.slots["matter"] == "civil_order"
    assert said.slots["dialogue"]["route"] == "restrained_final"


def test_a_question_has_its_choices_and_they_are_remembered():
    said = run(ActionPath(), "end_order")
    assert [b["title"] for b in said.messages[-1]["buttons"]][:2] == [
        "I asked for the order",
        "The order is against me",
    ]
    assert said.slots["dialogue"]["menu"][0] == '/inform{"role": "protected"}'
    again = run(ActionPath(), "inform", {"choice": "2"}, {**said.slots})
    assert again.slots["role"] == "restrained"


def test_numbers_work_after_a_response_that_a_rule_sent():
    menu = [{"title": "Do I need a lawyer?", "payload": "/ask_lawyer"}]
    said = run(ActionResume(), "help", shown=menu)
    assert said.messages == []
    assert list(said.slots["dialogue"]["menu"]) == ["/ask_lawyer"]


@pytest.mark.parametrize(
    ("action", "intent"),
    [
        (ActionAnswer(), "ask_lawyer"),
        (ActionQuestion(), "not_sure"),
        (ActionClarify(), "nlu_fallback"),
        (ActionSafety(), "danger"),
    ],
)
def test_every_action_speaks(action, intent):
    assert run(action, intent).text.strip()


def test_only_changed_slots_are_sent():
    known = {"matter": "civil_order", "role": "restrained", "stage": "final"}
    assert "role" not in run(ActionPath(), "end_order", known=known).slots


def test_state_of_the_dialogue_survives_json():
    said = run(ActionPath(), "end_order")
    assert json.loads(json.dumps(said.slots["dialogue"])) is not None


def test_a_fault_says_so_and_tells_nothing_of_the_message(monkeypatch, caplog):
    def broken():
        raise RuntimeError("disk says: my secret words")

    monkeypatch.setattr(base, "library", broken)
    with caplog.at_level(logging.INFO):
        said = run(ActionPath(), "end_order", text="my secret words")
    assert [m["response"] for m in said.messages] == ["utter_unavailable"]
    assert said.events == []
    assert "secret" not in caplog.text
    assert "RuntimeError" in caplog.text


def test_erase_marks_its_message_and_empties_the_slots():
    said = run(ActionSession(), "erase", known={"role": "restrained"}, text="delete this chat now")
    assert said.messages[0]["custom"]["data"]["erase"] is True
    assert [e["event"] for e in said.events] == ["reset_slots"]


def test_words_that_may_mean_something_else_erase_nothing():
    for text in ("forget about him", "should i delete my texts", "dont erase", "clear my name"):
        said = run(ActionSession(), "erase", known={"role": "restrained"}, text=text)
        assert not any(m["custom"]["data"].get("erase") for m in said.messages)
        assert all(e["event"] == "slot" for e in said.events)


def test_names_agree_with_the_domain():
    assert set(slots.ALL) == set(DOMAIN["slots"])
    executor = ActionExecutor()
    executor.register_package("actions")
    assert set(executor.actions) == set(DOMAIN["actions"])
    assert set(HANDLERS) <= set(DOMAIN["intents"])
    for question in ALL_QUESTIONS:
        for kind in ("ask", "again", "explain", "why"):
            assert f"utter_{kind}_{question}" in DOMAIN["responses"]


def test_every_choice_can_be_typed_as_a_payload_and_has_a_title():
    titles = base.titles()
    assert set(titles) <= set(HANDLERS)
    for name, variants in DOMAIN["responses"].items():
        for button in variants[-1].get("buttons", ()):
            assert len(button["title"]) <= 40, (name, button)
            assert len(button["payload"].encode()) <= 64, (name, button)
            intent = button["payload"].strip("/").split("{")[0]
            assert intent in HANDLERS, (name, button)
