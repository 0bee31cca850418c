"""The day in court in the conversation: said back, corrected, missed, and reminders of it."""

import datetime as dt
from dataclasses import replace

import pytest
import yaml
from actions.path import ActionPath
from hypothesis import given, settings
from hypothesis import strategies as st
from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher
from whichpath.library.cards import load_library

from actions import base, slots
from whichpath.channels.guards.payloads import as_issued
from whichpath.channels.sms.render import LIMIT, Renderer
from whichpath.library.files import CONTENT
from whichpath.library.situation import STAGES, Situation
from whichpath.library.wording_sms import load_wording
from whichpath.pathway.clock import Clock
from whichpath.pathway.conversation import HANDLERS, respond
from whichpath.pathway.turn import Dialogue, Reading, Tell, TellDay, Utter, reading_of_payload
from whichpath.store import identity

LIBRARY = load_library()
DOMAIN = yaml.safe_load((CONTENT.parent / "domain.yml").read_text(encoding="utf-8"))
ZONES = {"OH": "America/New_York", "HI": "Pacific/Honolulu", "GU": "Pacific/Guam"}
NOW = dt.datetime(2026, 11, 22, 17, 0, tzinfo=dt.timezone.utc)
AHEAD, LATER, GONE = "2026-12-05", "2026-12-18", "2026-11-10"


def names(turn):
    return [
        m.name if isinstance(m, Utter) else m.card if isinstance(m, Tell) else type(m).__name__ for m in turn.messages
    ]


class Chat:
    """A conversation without Rasa, with a clock that tests move."""

    def __init__(self, channel="web", situation=Situation(), dialogue=Dialogue(), now=NOW):
        self.channel, self.now = channel, now
        self.situation, self.dialogue = situation, dialogue
        self.turn = None

    def take(self, reading):
        clock = Clock(ZONES, lambda: self.now)
        self.turn = respond(replace(reading, channel=self.channel), self.situation, self.dialogue, LIBRARY, clock)
        self.situation, self.dialogue = self.turn.situation, self.turn.dialogue
        return names(self.turn)

    def hear(self, intent="inform", date=None, reminder=None, flags=(), **found):
        return self.take(Reading(intent, found, frozenset(flags), date=date, reminder=reminder))

    def press(self, payload):
        assert as_issued(payload)
        return self.take(reading_of_payload(payload))

    @property
    def wishes(self):
        return [m.data["remind"] for m in self.turn.messages if isinstance(m, Utter) and "remind" in m.data]


@pytest.fixture
def chat():
    """Somebody who was told their path, with a day ahead."""
    talk = Chat("sms")
    talk.hear("contest_order", AHEAD, role="restrained", stage="temporary", state="OH")
    return talk


# --- said back ---


def test_said_back_in_the_path_answer_with_the_question_last():
    talk = Chat()
    said = talk.hear("contest_order", AHEAD, role="restrained", stage="temporary")
    assert said == ["restrained_temporary", "TellDay", "utter_ask_state"]
    assert talk.turn.messages[1] == TellDay(AHEAD, "2026-11-22", "restrained_temporary", None)


def test_said_back_before_an_open_question():
    talk = Chat()
    assert talk.hear("end_order", AHEAD) == ["TellDay", "utter_ask_role"]
    assert talk.hear(role="restrained") == ["utter_ask_stage"]
    assert talk.hear(stage="temporary") == ["restrained_temporary", "utter_ask_state"]


@pytest.mark.parametrize("intent", ["inform", "correct", "affirm", "deny", "nlu_fallback"])
def test_a_bare_date_is_a_message_of_its_own_and_the_path_is_not_told_again(intent):
    talk = Chat()
    talk.hear("contest_order", role="restrained", stage="temporary")
    assert talk.hear(intent, AHEAD) == ["TellDay", "utter_ask_state"]
    assert talk.situation.hearing_date == AHEAD


@pytest.mark.parametrize("intent", ["correct", "deny", "inform"])
def test_no_the_18th(chat, intent):
    assert chat.hear(intent, LATER) == ["TellDay"]
    assert chat.situation.hearing_date == LATER
    assert chat.hear("inform", LATER) == ["utter_noted"]


def test_a_question_keeps_the_date_that_is_known(chat):
    chat.hear("ask_lawyer", LATER)
    assert chat.situation.hearing_date == AHEAD


@pytest.mark.parametrize(("state", "today"), [("HI", "2026-11-22"), ("GU", "2026-11-23"), (None, "2026-11-22")])
def test_today_is_the_day_in_the_state(state, today):
    talk = Chat(now=dt.datetime(2026, 11, 22, 22, 0, tzinfo=dt.timezone.utc))
    talk.hear("contest_order", AHEAD, role="restrained", stage="temporary", **({"state": state} if state else {}))
    assert next(m.today for m in talk.turn.messages if isinstance(m, TellDay)) == today


def test_what_is_no_date_is_left_alone():
    talk = Chat()
    assert "TellDay" not in talk.hear("end_order", "soon")


# --- passed ---


def gone():
    talk = Chat()
    said = talk.hear("contest_order", GONE, role="restrained", stage="temporary")
    assert said == ["restrained_temporary", "utter_hearing_passed", "utter_ask_held"]
    assert talk.dialogue.question == "held"
    return talk


@pytest.mark.parametrize("answer", ["deny", "not_sure", "ask_missed_hearing"])
def test_a_missed_hearing_leads_to_its_card(answer):
    talk = gone()
    said = talk.hear(answer)
    assert LIBRARY[said[0]].topic == "ask_missed_hearing"
    assert talk.dialogue.question is None
    assert "utter_ask_held" not in talk.hear("ask_lawyer")


def test_a_hearing_that_was_held_leads_to_what_the_judge_decided():
    talk = gone()
    assert talk.hear("affirm") == ["utter_held", "utter_ask_stage"]
    assert talk.press('/inform{"stage": "final"}')[0] == "restrained_final"
    assert "utter_ask_held" not in names(talk.turn)


def test_a_hearing_that_was_moved():
    talk = gone()
    assert talk.hear("inform", LATER) == ["TellDay"]
    assert talk.dialogue.question is None


def test_another_question_comes_first_and_the_day_is_not_forgotten():
    talk = Chat()
    assert talk.hear("end_order", GONE) == ["utter_ask_role"]
    talk.hear(role="restrained")
    assert talk.hear(stage="temporary")[-1] == "utter_ask_held"


def test_who_says_that_it_was_missed_is_not_asked():
    talk = Chat()
    said = talk.hear("ask_missed_hearing", GONE)
    assert LIBRARY[said[0]].topic == "ask_missed_hearing" and said[1:] == ["utter_ask_state"]


def test_after_a_final_order_a_past_day_is_no_question():
    assert "utter_ask_held" not in Chat().hear("end_order", GONE, role="restrained", stage="final")


def test_a_day_that_passes_within_the_conversation_is_noticed(chat):
    chat.now = dt.datetime(2026, 12, 7, 17, 0, tzinfo=dt.timezone.utc)
    assert chat.hear("ask_lawyer")[-1] == "utter_ask_held"


def test_the_day_itself_has_not_passed():
    talk = Chat("sms")
    talk.hear("contest_order", "2026-11-22", role="restrained", stage="temporary", state="OH")
    assert next(m for m in talk.turn.messages if isinstance(m, TellDay)).offer is None


# --- reminders ---


def test_offered_where_we_can_write_later_and_only_there():
    for channel, offer in (
        ("web", None),
        ("rest", None),
        ("sms", "utter_reminder_offer"),
        ("telegram", "utter_reminder_offer"),
    ):
        talk = Chat(channel)
        talk.hear("contest_order", AHEAD, role="restrained", stage="temporary", state="OH")
        assert next(m for m in talk.turn.messages if isinstance(m, TellDay)).offer == offer


def test_nothing_is_booked_before_the_phone_is_called_safe(chat):
    assert chat.press('/inform{"reminder": "yes"}') == ["utter_ask_reminder"]
    assert chat.wishes == [] and chat.dialogue.reminder is None
    assert chat.press('/inform{"reminder": "safe"}') == ["utter_reminder_set", "utter_what_else"]
    assert chat.wishes == [{"date": AHEAD, "zone": "America/New_York"}]


@pytest.mark.parametrize("intent", ["affirm"])
def test_a_typed_yes_counts_only_for_that_question(chat, intent):
    chat.hear("affirm")
    assert chat.wishes == []
    chat.hear(reminder="yes")
    chat.hear(intent)
    assert chat.wishes


@pytest.mark.parametrize("answer", [{"intent": "deny"}, {"intent": "not_sure"}, {"reminder": "no"}])
def test_a_phone_that_is_not_safe_gets_none(chat, answer):
    chat.hear(reminder="yes")
    chat.hear(**answer)
    assert chat.wishes in ([], [{"off": True}]) and chat.dialogue.reminder is None
    assert chat.dialogue.question is None


def test_something_else_than_an_answer_books_nothing(chat):
    chat.hear(reminder="yes")
    assert chat.hear("ask_lawyer")[-1] == "utter_ask_reminder"
    assert chat.hear("nlu_fallback") == ["utter_again_reminder"]
    assert chat.wishes == []


def test_they_follow_a_corrected_date_and_the_state():
    talk = Chat("telegram")
    talk.hear("contest_order", AHEAD, role="restrained", stage="temporary")
    talk.hear(reminder="yes")
    assert talk.hear("affirm") == ["utter_reminder_set", "utter_ask_state"]
    assert talk.wishes == [{"date": AHEAD, "zone": None}]
    talk.hear(state="HI")
    assert talk.wishes == [{"date": AHEAD, "zone": "Pacific/Honolulu"}]
    talk.hear("correct", LATER)
    assert talk.wishes == [{"date": LATER, "zone": "Pacific/Honolulu"}]
    talk.hear("correct", GONE)
    assert talk.wishes == [{"off": True}] and talk.dialogue.reminder is None


def test_without_a_day_ahead_or_a_channel_there_is_none(chat):
    assert Chat("sms").hear(reminder="yes") == ["utter_reminder_no_date"]
    assert Chat("web").hear(date=AHEAD, reminder="yes")[0] == "utter_reminder_elsewhere"
    today = Chat("sms", Situation(hearing_date="2026-11-22", state="OH"))
    assert "utter_reminder_today" in today.hear(reminder="yes")
    stale = Chat("sms")
    assert stale.press('/inform{"reminder": "safe"}') == ["utter_reminder_no_date"] and not stale.wishes


def test_a_request_with_the_date_in_it():
    talk = Chat("sms")
    assert talk.hear("ask_hearing", AHEAD, "yes") == ["TellDay", "utter_ask_reminder"]
    assert talk.hear("affirm")[0] == "utter_reminder_set"


def test_stop_reminding_me_at_any_time(chat):
    assert chat.hear(reminder="no") == ["utter_reminder_off"]
    assert chat.wishes == [{"off": True}]


def test_danger_comes_first(chat):
    assert chat.hear("danger", reminder="yes") == ["utter_go_on"]


# --- anything in any order ---

readings = st.builds(
    Reading,
    intent=st.sampled_from([*HANDLERS, "nlu_fallback"]),
    found=st.fixed_dictionaries(
        {},
        optional={
            "stage": st.sampled_from(STAGES),
            "role": st.just("restrained"),
            "state": st.sampled_from(["OH", "GU"]),
        },
    ),
    date=st.none() | st.sampled_from([AHEAD, GONE, "2026-11-22", "soon"]),
    reminder=st.none() | st.sampled_from(["yes", "safe", "no"]),
    channel=st.sampled_from(["sms", "web", None]),
)


@settings(max_examples=300, deadline=None)
@given(st.lists(readings, min_size=1, max_size=10))
def test_never_silent_and_never_booked_unasked(turns):
    situation, dialogue, asked, agreed = Situation(), Dialogue(), False, False
    clock = Clock(ZONES, lambda: NOW)
    for reading in turns:
        turn = respond(reading, situation, dialogue, LIBRARY, clock)
        assert turn.messages
        said = names(turn)
        assert "utter_ask_held" not in said[:-1] and "utter_ask_reminder" not in said[:-1]
        for message in turn.messages:
            wish = message.data.get("remind") if isinstance(message, Utter) else None
            if wish and not wish.get("off"):
                # Booked only after the question, on a channel that can send, for a day ahead.
                assert asked or agreed or reading.reminder == "safe"
                assert wish["date"] == AHEAD
        asked, agreed = asked or "utter_ask_reminder" in said, turn.dialogue.reminder == "on"
        situation, dialogue = turn.situation, Dialogue.from_slot(turn.dialogue.to_slot())
        assert dialogue == turn.dialogue


# --- as messages ---


@pytest.fixture
def at_noon(monkeypatch, tmp_path):
    monkeypatch.setenv("WHICHPATH_PUBLIC_URL", "https://bot.example.org")
    monkeypatch.setattr(identity, "KEY_FILE", tmp_path / "secret")
    identity.key.cache_clear()
    packs = base.composer().states.packs
    base.clock.cache_clear()
    monkeypatch.setattr(
        base, "clock", lambda: Clock({code: pack.timezone for code, pack in packs.items()}, lambda: NOW)
    )
    yield
    identity.key.cache_clear()


def run(entities, known=None, channel="sms", intent="contest_order"):
    rows = [{"entity": k, "value": v} for k, v in entities.items()]
    latest = {"text": "words", "intent": {"name": intent}, "entities": rows}
    events = [{"event": "user", "input_channel": channel}]
    values = {**dict.fromkeys(slots.ALL), **(known or {})}
    dispatcher = CollectingDispatcher()
    events = ActionPath().run(
        dispatcher, Tracker("x", values, latest, events, False, None, {}, "action_listen"), DOMAIN
    )
    return dispatcher.messages, {e["name"]: e["value"] for e in events if e["event"] == "slot"}


def test_the_day_is_a_legal_answer_with_notice_lawyer_link_and_choice(at_noon):
    said, changed = run({"role": "restrained", "stage": "temporary", "state": "OH", "date": AHEAD})
    message = next(m for m in said if m["custom"] and m["custom"]["data"].get("card") == "hearing_date")
    data = message["custom"]["data"]
    assert data["legal"] and data["sources"] and data["route"] == "restrained_temporary" and data["title"]
    assert data["body"].startswith("Your court date is Saturday, December 5, 2026. That is 13 days from today.")
    assert "What to do by when:" in data["body"] and "type the right date" in data["body"]
    assert "https://bot.example.org/calendar/20261205-" in data["body"]
    assert base.composer().notice.text.strip() in message["text"] and "lawyer" in message["text"]
    assert [b["payload"] for b in message["buttons"]] == ['/inform{"reminder": "yes"}']
    assert changed["hearing_date"] == AHEAD and changed["dialogue"]["hearing"] == AHEAD


def test_it_fits_in_a_text_with_the_date_its_check_and_the_link(at_noon):
    said, _ = run({"role": "restrained", "stage": "temporary", "state": "OH", "date": "2026-12-23"})
    message = next(m for m in said if m["custom"]["data"].get("card") == "hearing_date")
    part = Renderer(load_wording()).parts([message])[0]
    assert len(part.text) <= LIMIT
    for words in (
        "Wednesday, December 23",
        "31 days",
        "right date",
        "/calendar/2026",
        "not legal advice",
        "1 Remind me",
    ):
        assert words in part.text


def test_the_agreement_goes_to_the_channel_beside_the_words(at_noon):
    known = {"hearing_date": AHEAD, "state": "HI", "dialogue": {"question": "reminder", "hearing": AHEAD, "told": True}}
    said, _ = run({"reminder": "safe"}, known, intent="inform")
    assert said[0]["custom"]["data"]["remind"] == {"date": AHEAD, "zone": "Pacific/Honolulu"}
    assert "Saturday, December 5, 2026" in said[0]["text"]


def test_missing_words_are_noticed_here_and_not_by_people():
    spoken = ("held", "again_held", "ask_held", "hearing_passed", "hearing_title", "hearing_check", "hearing_calendar")
    for name in spoken:
        assert f"utter_{name}" in DOMAIN["responses"]


@pytest.mark.parametrize(
    ("state", "day"), [("HI", "2026-11-22"), ("OH", "2026-11-23"), ("GU", "2026-11-24"), (None, "2026-11-23")]
)
def test_tomorrow_is_counted_from_the_day_it_is_in_the_persons_state(state, day):
    """In the night it is another day in Honolulu, in Ohio and in Guam."""
    talk = Chat(now=dt.datetime(2026, 11, 22, 8, 0, tzinfo=dt.timezone.utc))
    days = {"2026-11-21": "2026-11-22", "2026-11-22": "2026-11-23"}
    if state == "GU":
        talk.now = dt.datetime(2026, 11, 22, 15, 0, tzinfo=dt.timezone.utc)
        days = {"2026-11-22": "2026-11-23", "2026-11-23": "2026-11-24"}
    found = {"state": state} if state else {}
    said = {"role": "restrained", "stage": "temporary", **found}
    talk.take(Reading("contest_order", said, date="2026-11-24", dates=days))
    assert talk.situation.hearing_date == day
