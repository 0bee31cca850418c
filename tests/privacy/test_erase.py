"""After erasure, the texts are in no table and no file. On every channel, through the real servers."""

from __future__ import annotations

import datetime as dt
import time

import pytest
import sqlalchemy as sa
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import SessionStarted, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from testing.stack import stack
from tests.privacy.people import PEOPLE, OnSms, OnTheWeb, found, inbox_of_stack
from whichpath.store.encryption import Cipher
from whichpath.store.inbox import Inbox
from whichpath.store.insights import Insights
from whichpath.store.reminders import Reminders
from whichpath.store.schema import metadata
from whichpath.store.tracker import ConversationStore

#: A word that redaction keeps, because it is in no list of names: only erasure removes it.
WORD = "quuxberry"
NUMBER = "614-555-0188"


@pytest.fixture(params=PEOPLE)
def person(request):
    stack()
    return PEOPLE[request.param]()


def rows_of_the_newest():
    """The sender of the newest row, and the number of that sender's rows in each table."""
    engine = inbox_of_stack().engine
    with engine.connect() as db:
        events = metadata.tables["events"]
        newest = sa.select(events.c.sender_id).order_by(events.c.id.desc()).limit(1)
        return rows_of(engine, db.execute(newest).scalar_one())


def rows_of(engine, sender):
    counts = {}
    with engine.connect() as db:
        for table in metadata.sorted_tables:
            if "sender_id" in table.c:
                count = sa.select(sa.func.count()).select_from(table).where(table.c.sender_id == sender)
                counts[table.name] = db.execute(count).scalar_one()
    return sender, counts


def test_erased_words_are_nowhere(person):
    person.say(f"my ex got a tro on me in ohio, he calls me {WORD}, my number is {NUMBER}")
    person.say(f"what should i bring, {WORD}?")
    assert "events.data" in found(WORD), "the search finds nothing, so it proves nothing"
    assert found(NUMBER, "6145550188", "555-0188") == []
    sender, before = rows_of_the_newest()
    assert before["events"] > 5
    assert "erased" in person.say(person.erase).lower()
    assert found(WORD) == []
    assert not any(rows_of(inbox_of_stack().engine, sender)[1].values())


def test_exit_leaves_nothing():
    stack()
    person = OnTheWeb()
    person.say(f"i want to end my order in ohio, {WORD}")
    assert "events.data" in found(WORD)
    sender, _before = rows_of_the_newest()
    person.leave()
    assert found(WORD) == []
    assert not any(rows_of(inbox_of_stack().engine, sender)[1].values())


def test_the_number_somebody_texts_from_is_never_in_the_clear():
    stack()
    person = OnSms()
    person.say("hello, can i end my order")
    assert found(person.number, person.number.lstrip("+")) == []


async def test_every_table_on_every_database(database_url):
    store = ConversationStore(Domain.empty(), host=database_url)
    box, sender = Inbox(store.engine, Cipher(b"k" * 32)), "sms:somebody"
    tracker = DialogueStateTracker.from_events(sender, [SessionStarted()])
    tracker.update(UserUttered(WORD))
    await store.save(tracker)
    box.accept("sms", "1", sender, "+15551230000", {"text": WORD})
    box.keep_thread(sender, {"menu": [["A", "/help"]], "at": time.time()})
    Reminders(store.engine).schedule(sender, "sms", dt.date.today() + dt.timedelta(days=9), None)
    Insights(store.engine, box.cipher).keep(sender, "ask_guns", WORD)
    counts = rows_of(store.engine, sender)[1]
    assert all(counts[name] for name in counts if name != "opt_outs"), counts
    box.forget(sender)
    await store.erase(sender)
    assert not any(rows_of(store.engine, sender)[1].values())
