"""Questions whose answer differs by state: answered for the person's state, or followed by one question for it."""

import datetime as dt

import pytest

from whichpath.library.cards import load_library
from whichpath.library.gsm7 import GSM7
from whichpath.library.situation import Situation
from whichpath.library.states.packs import load_states
from whichpath.library.topics import BY_STATE, QUESTIONS
from whichpath.pathway.compose import SMS_LIMIT, Composer
from whichpath.pathway.conversation import respond
from whichpath.pathway.turn import Dialogue, Reading, Tell, TellState, Utter, reading_of, reading_of_payload

LIBRARY, STATES = load_library(), load_states()
DAY, AFTER = dt.date(2026, 11, 22), dt.date(2027, 8, 1)
COMPOSER = Composer(STATES, today=lambda: DAY)
SIDES = [(role, stage) for role in (None, "protected", "restrained") for stage in (None, "temporary", "final")]


class Chat:
    """A conversation without Rasa."""

    def __init__(self):
        self.situation, self.dialogue = Situation(), Dialogue()

    def take(self, reading):
        turn = respond(reading, self.situation, self.dialogue, LIBRARY)
        self.situation, self.dialogue = turn.situation, turn.dialogue
        return [m.name if isinstance(m, Utter) else m.card if isinstance(m, Tell) else m for m in turn.messages]

    def hear(self, intent, **found):
        more = {name: found.pop(name) for name in ("elsewhere", "lives_in") if name in found}
        return self.take(Reading(intent, found, **more))


def rendered(topic, situation, composer=COMPOSER):
    return composer.card(LIBRARY.for_topic(topic, situation), situation, None)


@pytest.mark.parametrize("code", sorted(STATES.packs))
def test_every_topic_speaks_in_every_state(code):
    for topic, fields in BY_STATE.items():
        for role, stage in SIDES:
            situation = Situation("civil_order", role, stage, None, code)
            card = LIBRARY.for_topic(topic, situation)
            said = rendered(topic, situation)
            local = STATES.on_topic(topic, situation, DAY)
            assert card.text in said.text
            assert len(said.data["sms"]) <= SMS_LIMIT
            assert set(said.data["sms"]) <= GSM7
            assert said.data["legal"] is True
            first = STATES.urgent(situation, DAY)
            known = {f for field in fields for f in STATES.packs[code].shown(field, DAY)}
            known |= set(first.facts) if first else set()
            if local is None:
                assert not known & set(STATES.told(code, situation, DAY).facts), (topic, role, stage)
                continue
            assert local.text in said.text and local.text in said.data["body"]
            assert "Check with the clerk" in said.text
            assert local.facts and set(local.facts) <= known
            assert {s.title for s in local.sources} <= {s["title"] for s in said.data["sources"]}
            assert said.data["sms"].startswith(local.sms)


@pytest.mark.parametrize("code", sorted(STATES.packs))
def test_past_its_date_no_topic_tells_a_state_fact(code):
    late = Composer(STATES, today=lambda: AFTER)
    for topic in BY_STATE:
        situation = Situation("civil_order", "restrained", "temporary", None, code)
        assert STATES.on_topic(topic, situation, AFTER) is None
        said = rendered(topic, situation, late)
        assert f"In {STATES.name(code)}" not in said.text
        assert "past its date" in said.text and "clerk" in said.text


def test_how_long_it_lasts_in_california():
    said = rendered("ask_duration", Situation(state="CA"))
    assert "up to 5 years" in said.text
    assert said.data["sms"].startswith("California: An order can last up to 5 years. Check with the clerk.")


def test_a_late_request_stands_before_the_hearing():
    said = rendered("ask_hearing", Situation("civil_order", "restrained", "temporary", None, "NE"))
    assert "within 10 business days" in said.text
    assert "within 10 business days" in said.data["sms"]


def test_a_criminal_matter_gets_no_civil_times():
    for matter in ("criminal_case", "criminal_no_contact_order"):
        assert STATES.on_topic("ask_duration", Situation(matter, "restrained", state="CA"), DAY) is None


def test_other_topics_stay_as_they_are():
    for topic in set(QUESTIONS) - set(BY_STATE):
        assert "utter_ask_state" not in Chat().hear(topic)
        assert STATES.on_topic(topic, Situation(state="CA"), DAY) is None


# --- in the conversation ---


@pytest.mark.parametrize("topic", BY_STATE)
def test_without_a_state_the_general_answer_and_one_question(topic):
    chat = Chat()
    said = chat.hear(topic)
    assert LIBRARY[said[0]].topic == topic
    assert said[1:] == ["utter_ask_state"]
    assert chat.hear("inform", state="CA") == [TellState("CA"), "utter_what_else"]
    assert LIBRARY[chat.hear(topic)[0]].topic == topic
    assert chat.dialogue.question is None


@pytest.mark.parametrize("no", [Reading("not_sure"), Reading("deny"), reading_of_payload("/not_sure")])
def test_the_question_for_the_state_can_be_left_open(no):
    chat = Chat()
    chat.hear("ask_duration")
    assert chat.take(no) == ["utter_skipped", "utter_what_else"]
    assert "utter_ask_state" not in chat.hear("ask_forms")


def test_the_state_in_the_question_is_taken_and_not_asked_for():
    chat = Chat()
    assert len(chat.hear("ask_duration", state="TX")) == 1
    assert chat.situation.state == "TX"


def test_other_topics_and_criminal_matters_ask_for_no_state():
    assert "utter_ask_state" not in Chat().hear("ask_guns")
    assert "utter_ask_state" not in Chat().hear("ask_hearing", matter="criminal_case")


def test_a_state_that_is_corrected_is_told_anew():
    chat = Chat()
    chat.hear("ask_duration", state="WA")
    assert chat.hear("correct", state="OR") == ["utter_corrected", TellState("OR"), "utter_what_else"]
    chat.hear("contest_order", role="restrained", stage="temporary")
    assert chat.hear("deny", state="ID") == ["utter_corrected", TellState("ID"), "utter_what_else"]
    assert chat.situation.stage == "temporary"


# --- two states in one story ---


def two(first, second, **more):
    rows = [{"entity": "state", "value": first}, {"entity": "state", "value": second, "lives": True}]
    rows += [{"entity": name, "value": value} for name, value in more.items()]
    return reading_of({"intent": {"name": "end_order"}, "entities": rows, "text": "a story"})


def test_the_state_that_made_the_order_decides():
    chat = Chat()
    said = chat.take(two("OH", "TX", role="restrained", stage="final"))
    assert said == ["restrained_final", TellState("OH", "TX")]
    told = COMPOSER.state("OH", chat.situation, None, "TX")
    assert "I go by Ohio, where I understand the order was made. Tell me if it was Texas." in told.text
    assert "In Ohio:" in told.text and "In Texas:" not in told.text
    assert told.data["sources"][0] == {"title": "18 U.S.C. § 2265"}
    assert "texaslawhelp.org" in told.data["referral"]
    assert "Ohio" in told.data["referral"]
    assert told.data["sms"].startswith("Ohio: its rules count if the order was made there.")
    assert len(told.data["sms"]) <= SMS_LIMIT


def test_a_move_told_later_does_not_change_whose_rules_they_are():
    chat = Chat()
    chat.hear("end_order", role="protected", stage="final", state="OH")
    assert chat.hear("inform", state="TX", lives_in="TX")[0] == TellState("OH", "TX")
    assert chat.situation.state == "OH"
    assert chat.hear("correct", state="TX")[1] == TellState("TX")


def test_where_somebody_lives_is_taken_as_the_state_where_no_other_is_known():
    chat = Chat()
    chat.hear("end_order", role="protected", stage="final")
    assert chat.hear("inform", state="TX", lives_in="TX")[0] == TellState("TX")


@pytest.mark.parametrize(
    ("code", "days"), [("MI", "14 days"), ("MN", "5 days"), ("NE", "10 business days"), ("OR", "30 days")]
)
def test_the_first_text_of_a_path_tells_by_when_a_hearing_has_to_be_asked_for(code, days):
    """On SMS the state's own message may wait for MORE; a deadline must not."""
    situation = Situation("civil_order", "restrained", "temporary", None, code)
    said = COMPOSER.card(LIBRARY["restrained_temporary"], situation, "restrained_temporary")
    assert f"no hearing without a request within {days}" in said.data["sms"]
    assert len(said.data["sms"]) <= SMS_LIMIT
    elsewhere = COMPOSER.card(LIBRARY["restrained_temporary"], Situation(state="CA"), "restrained_temporary")
    assert "without a request" not in elsewhere.data["sms"]


def test_a_state_told_in_place_of_an_answer_is_taken_and_the_question_comes_again():
    chat = Chat()
    assert chat.hear("end_order") == ["utter_ask_role"]
    assert chat.hear("inform", state="OR") == ["utter_noted", "utter_ask_role"]
    assert chat.hear("inform", role="protected") == ["utter_ask_stage"]


@pytest.mark.parametrize("topic", ["ask_service", "ask_duration", "ask_forms", "ask_who_can_end", "ask_lawyer"])
def test_the_deadline_is_told_whatever_is_asked(topic):
    """«Served three days ago, what now» and «how long do I have» are questions about it, however they are read."""
    said = rendered(topic, Situation("civil_order", "restrained", None, None, "MI"))
    assert "You can ask within 14 days of getting the order." in said.text
    assert "without a request within 14 days" in said.data["sms"]
    assert "14 days" not in rendered(topic, Situation("civil_order", "restrained", None, None, "MS")).text


def test_the_state_is_asked_for_twice_at_most():
    chat = Chat()
    asked = [
        "utter_ask_state" in chat.hear(topic) for topic in ("ask_forms", "ask_guns", "ask_duration", "ask_hearing")
    ]
    assert asked == [True, True, False, False]
    assert chat.hear("inform", state="CA")[0] == TellState("CA")
