"""After 30 idle minutes nothing earlier is repeated, because somebody else may have the phone. Real servers."""

from __future__ import annotations

import json
import time

import pytest
import sqlalchemy as sa
import yaml

from bench.accuracy.cases import ROOT
from testing.stack import Phone, stack
from tests.privacy.people import PEOPLE, OnTelegram, inbox_of_stack
from whichpath.store.inbox import IDLE
from whichpath.store.schema import events, reminder, threads

STORY = "my ex got a tro on me in ohio, the hearing is in three weeks"
#: Words that would reveal earlier messages.
TELLING = ("ohio", "against you", "restrained", "temporary", "hearing", "not final")


def idle(minutes: float) -> None:
    """Moves all earlier events into the past, to simulate an idle time."""
    box, seconds = inbox_of_stack(), minutes * 60
    with box.engine.begin() as db:
        for row in db.execute(sa.select(events)).all():
            data = {**json.loads(row.data), "timestamp": row.timestamp - seconds}
            values = {"timestamp": row.timestamp - seconds, "data": json.dumps(data)}
            db.execute(sa.update(events).where(events.c.id == row.id).values(**values))
        for row in db.execute(sa.select(threads)).all():
            thread = box.cipher.decrypt(row.sealed)
            for name in ("at", "told"):
                if name in thread:
                    thread[name] -= seconds
            sealed = {"sealed": box.cipher.encrypt(thread)}
            db.execute(sa.update(threads).where(threads.c.sender_id == row.sender_id).values(**sealed))


CHANNELS = ("sms", "telegram", "rest")


@pytest.fixture(params=CHANNELS)
def person(request):
    stack()
    return PEOPLE[request.param]()


def test_the_session_of_rasa_and_ours_are_as_long():
    config = yaml.safe_load((ROOT / "domain.yml").read_text(encoding="utf-8"))["session_config"]
    assert config == {"session_expiration_time": IDLE / 60, "carry_over_slots_to_new_session": False}


def sessions() -> int:
    """The number of sessions of the sender of the newest row."""
    with inbox_of_stack().engine.connect() as db:
        newest = sa.select(events.c.sender_id).order_by(events.c.id.desc()).limit(1).scalar_subquery()
        begun = (events.c.sender_id == newest, events.c.type_name == "session_started")
        return db.execute(sa.select(sa.func.count()).select_from(events).where(*begun)).scalar_one()


def test_within_half_an_hour_the_talk_goes_on(person):
    person.say(STORY)
    idle(25)
    person.say("what should i bring")
    assert sessions() == 1
    idle(31)
    person.say("what should i bring")
    assert sessions() == 2


@pytest.mark.parametrize(
    "words", ["1", "2", "yes", "no", "hello", "not sure", "MORE", "why do you ask", "what did i say"]
)
def test_after_it_nothing_earlier_is_repeated(person, words):
    person.say(STORY)
    idle(31)
    stranger = type(person)()
    again, new = person.say(words).lower(), stranger.say(words).lower()
    # Exactly the reply that a new person gets.
    assert again == new
    assert not [word for word in TELLING if word in again and word not in new]


def test_buttons_of_before_tell_nothing_either():
    stack()
    chat = OnTelegram()
    chat.say(STORY)
    chat.last = next(m for m in reversed(chat.bot_messages()) if m.get("reply_markup"))
    idle(31)
    answer = chat.press(next(title for title in chat.buttons() if not title.endswith("▸")))["text"].lower()
    # A general answer may mention both sides, but no earlier facts.
    assert answer and not [word for word in ("ohio", "understood", "earlier:") if word in answer]


def test_a_booked_reminder_goes_on():
    stack()
    phone, day = Phone(), time.time() + 20 * 86400
    phone.say("hello")
    with inbox_of_stack().engine.begin() as db:
        sender = db.execute(sa.select(events.c.sender_id).order_by(events.c.id.desc()).limit(1)).scalar_one()
        row = {
            "sender_id": sender,
            "channel": "sms",
            "kind": "morning",
            "day": "2030-01-01",
            "due": day,
            "until": day + 1,
        }
        db.execute(sa.insert(reminder).values(**row, ends=day + 9, state="waiting", free_at=day, attempts=0))
    idle(31)
    phone.say("hello")
    with inbox_of_stack().engine.begin() as db:
        mine = reminder.c.sender_id == sender
        assert db.execute(sa.select(reminder.c.state).where(mine)).scalar_one() == "waiting"
        db.execute(sa.delete(reminder).where(mine))
