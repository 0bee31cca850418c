"""The hearing date: confirmed when new, asked for when past or impossible, with a reminder on request."""

import datetime as dt

import pytest

from whichpath.library.entries import load_answers
from whichpath.library.situation import Situation
from whichpath.pathway.clock import Clock
from whichpath.pathway.conversation import respond
from whichpath.pathway.turn import Dialogue, Reading, Tell, TellDay, Utter

ANSWERS = load_answers()
TODAY = dt.date(2026, 11, 29)
AGAINST_ME = Situation(matter="civil_order", role="restrained", stage="temporary")


class Now(Clock):
    """A clock with a fixed time."""

    def today(self, code=None):
        return TODAY


def say(reading, known=AGAINST_ME, dialogue=None):
    return respond(reading, known, dialogue or Dialogue(goal="end_order", told=True), ANSWERS, Now())


def kinds(turn, kind):
    return [m for m in turn.messages if isinstance(m, kind)]


@pytest.mark.parametrize("intent", ["inform", "correct", "nlu_fallback"])
def test_a_bare_day_is_said_back_alone(intent):
    turn = say(Reading(intent, date="2026-12-09", words=3))
    (day,) = kinds(turn, TellDay)
    assert day.day == "2026-12-09" and day.alone and not kinds(turn, Tell)
    assert turn.situation.hearing_date == "2026-12-09"


def test_a_later_day_replaces_the_old():
    first = say(Reading("inform", date="2026-12-09"))
    second = say(Reading("inform", date="2026-12-17"), first.situation, first.dialogue)
    assert second.situation.hearing_date == "2026-12-17" and kinds(second, TellDay)


def test_beside_an_answer_the_day_is_a_strip():
    reading = Reading("ask_contact", questions=(("they_text_me_first", 0.9),), asks=True, date="2026-12-09", words=9)
    turn = say(reading)
    assert kinds(turn, Tell) and not kinds(turn, TellDay)[0].alone


def test_when_is_my_court_date_is_answered_from_what_was_said():
    known = AGAINST_ME.with_(hearing_date="2026-12-09")
    turn = say(
        Reading("ask_hearing", questions=(("when_is_court_date", 0.9),), asks=True),
        known,
        Dialogue(hearing="2026-12-09"),
    )
    assert kinds(turn, TellDay)


def test_a_span_asks_for_the_day_once():
    turn = say(Reading("inform", odd={"span": "in 2 weeks"}, found={"stage": "temporary"}))
    assert turn.messages[-1].name == "utter_odd_span"
    again = say(Reading("inform", odd={"span": "in 2 weeks"}), turn.situation, turn.dialogue)
    assert not any(isinstance(m, Utter) and m.name == "utter_odd_span" for m in again.messages)


@pytest.mark.parametrize("name", ["bad_date", "ambiguous_place", "abroad"])
def test_what_cannot_be_taken_is_told_back(name):
    turn = say(Reading("inform", odd={name: "feb 30"}))
    assert turn.messages[-1].name == f"utter_odd_{name}" and turn.messages[-1].values == {"value": "feb 30"}


def test_a_day_that_has_passed_is_asked_about():
    turn = say(Reading("inform", date="2026-11-02"))
    assert "utter_ask_held" in [m.name for m in kinds(turn, Utter)] and turn.dialogue.question == "held"


def test_reminders_only_where_asked_for_and_only_on_a_safe_phone():
    known, dialogue = AGAINST_ME.with_(hearing_date="2026-12-09"), Dialogue(told=True, hearing="2026-12-09")
    asked = say(Reading("inform", reminder="yes", channel="sms"), known, dialogue)
    assert asked.messages[0].name == "utter_ask_reminder" and not asked.messages[0].data
    agreed = say(Reading("inform", reminder="safe", channel="sms"), known, asked.dialogue)
    assert agreed.messages[0].data["remind"]["date"] == "2026-12-09"
    unsafe = say(Reading("deny", channel="sms"), known, asked.dialogue)
    assert unsafe.messages[0].name == "utter_reminder_unsafe" and unsafe.dialogue.reminder is None
