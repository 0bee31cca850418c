"""Expired data is deleted, with a moved clock, by several processes at once, and never during a turn."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
import sqlalchemy as sa
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, SessionStarted, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from whichpath.jobs.retention import work
from whichpath.store import inbox as boxes
from whichpath.store.encryption import Cipher
from whichpath.store.engine import make_engine
from whichpath.store.inbox import IDLE, MEMORY, SESSION, Inbox
from whichpath.store.migrate import upgrade
from whichpath.store.reminders import Reminders
from whichpath.store.retention import Retention, everything, keep_seconds
from whichpath.store.schema import addresses, events, threads
from whichpath.store.tracker import ConversationStore

ROOT = Path(__file__).resolve().parents[2]
NOW = 1_800_000_000.0
MINUTE, HOUR = 60.0, 3600.0


@pytest.fixture
def retention(engine):
    return Retention(engine, keep_seconds({}), lambda: NOW)


def said(engine, sender, *ages, kind="user"):
    with engine.begin() as db:
        for age in ages:
            row = {"sender_id": sender, "type_name": kind, "timestamp": NOW - age, "data": "zanzibar"}
            db.execute(sa.insert(events).values(**row))


def session(engine, sender, age):
    said(engine, sender, age, kind="session_started")


def left(engine):
    with engine.connect() as db:
        return [(r.sender_id, round(NOW - r.timestamp)) for r in db.execute(sa.select(events).order_by(events.c.id))]


@pytest.mark.parametrize(
    ("sender", "limit"),
    [("web:a", IDLE), ("sms:a", SESSION), ("telegram:a", SESSION), ("rest:a", SESSION), ("webby:a", SESSION)],
)
def test_each_channel_has_its_time(engine, retention, sender, limit):
    said(engine, sender, limit + 900, limit + 60)
    said(engine, f"{sender}2", limit + 900, limit - 60)
    assert retention.conversations() == 2
    assert {name for name, _age in left(engine)} == {f"{sender}2"}
    assert retention.conversations() == 0


def test_of_who_goes_on_the_earlier_sessions_go(engine, retention):
    session(engine, "sms:a", 60 * HOUR), said(engine, "sms:a", 59 * HOUR)
    session(engine, "sms:a", 25 * HOUR), said(engine, "sms:a", 24.5 * HOUR, 2 * HOUR)
    assert retention.conversations() == 2
    assert [age for _name, age in left(engine)] == [25 * HOUR, 24.5 * HOUR, 2 * HOUR]


def test_many_go_in_batches(engine, retention):
    with engine.begin() as db:
        rows = [
            {"sender_id": f"rest:{n:04}", "type_name": "user", "timestamp": NOW - 30 * HOUR, "data": "x"}
            for n in range(900)
        ]
        db.execute(sa.insert(events), rows)
    said(engine, "rest:0450", HOUR)
    assert retention.conversations() == 899
    assert {name for name, _ in left(engine)} == {"rest:0450"}


def test_who_comes_back_at_that_moment_loses_nothing(engine, retention, monkeypatch):
    said(engine, "sms:a", 30 * HOUR)
    delete = retention._delete

    def back(senders, moment):
        said(engine, "sms:a", 0)
        return delete(senders, moment)

    monkeypatch.setattr(retention, "_delete", back)
    assert retention.conversations() == 0 and len(left(engine)) == 2


def test_a_message_that_waits_keeps_the_conversation(engine, retention):
    box = Inbox(engine, Cipher(b"k" * 32))
    said(engine, "sms:a", 30 * HOUR)
    box.accept("sms", "1", "sms:a", "+15551230000", {"text": "hi"})
    assert retention.conversations() == 0
    box.finish(box.claim("sms"))
    assert retention.conversations() == 1


async def test_a_turn_on_its_way_starts_anew_and_is_stored_whole(database_url, retention):
    store = ConversationStore(Domain.empty(), host=database_url)
    begun = [ActionExecuted("action_session_start"), SessionStarted(), ActionExecuted("action_listen")]
    tracker = DialogueStateTracker.from_events("web:a", begun)
    tracker.update(UserUttered("before"))
    for event in tracker.events:
        event.timestamp = NOW - 31 * MINUTE
    await store.save(tracker)
    turn = await store.retrieve("web:a")  # the turn has begun
    assert retention.conversations() == 4
    for event in (ActionExecuted("action_session_start"), SessionStarted(), UserUttered("after")):
        turn.update(event)
    await store.save(turn)
    kept = await store.retrieve_full_tracker("web:a")
    assert [e.text for e in kept.events if isinstance(e, UserUttered)] == ["after"]


def test_several_at_once(engine, database_url):
    for number in range(60):
        said(engine, f"sms:{number}", 30 * HOUR, 29 * HOUR)
        said(engine, f"web:{number}", 1 * MINUTE)
    faults, begin = [], threading.Barrier(4)

    def one():
        try:
            begin.wait(10)
            Retention(make_engine(database_url), keep_seconds({}), lambda: NOW).conversations()
        except Exception as error:
            faults.append(error)

    workers = [threading.Thread(target=one) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(60)
    assert faults == [] and len(left(engine)) == 60


def test_addresses_and_threads_go_but_for_a_booked_reminder(engine, monkeypatch):
    box, now = Inbox(engine, Cipher(b"k" * 32)), time.time()
    for sender in ("sms:a", "sms:b", "telegram:c"):
        box.accept(sender.partition(":")[0], sender, sender, "+15551230000", {"text": "hi"})
        box.finish(box.claim(sender.partition(":")[0]))
    box.keep_thread("sms:a", {"menu": [["Yes", "/affirm"]], "at": now})
    box.keep_thread("telegram:c", {"menu": [["Yes", "/affirm"]], "ids": [[7, now]], "at": now})
    day = time.strftime("%Y-%m-%d", time.gmtime(now + 20 * 24 * HOUR))
    Reminders(engine).schedule("sms:b", "sms", __import__("datetime").date.fromisoformat(day), None)

    def at(age):
        monkeypatch.setattr(boxes.time, "time", lambda: now + age)
        everything(Retention(engine, keep_seconds({}), lambda: now + age), box)
        with engine.connect() as db:
            kept = {r.sender_id for r in db.execute(sa.select(addresses.c.sender_id))}
            return kept, {r.sender_id for r in db.execute(sa.select(threads.c.sender_id))}

    assert at(SESSION - 60) == ({"sms:a", "sms:b", "telegram:c"}, {"sms:a", "telegram:c"})
    assert at(SESSION + 60) == ({"sms:b"}, {"telegram:c"})
    assert box.thread("telegram:c") == {"ids": [[7, now]]}
    assert at(MEMORY + 60) == ({"sms:b"}, set())
    assert at(22 * 24 * HOUR) == (set(), set())


def test_what_went_is_in_no_file(tmp_path):
    engine = make_engine(f"sqlite:///{tmp_path}/x.db")
    upgrade(engine)
    said(engine, "web:a", 2 * HOUR)
    Retention(engine, keep_seconds({}), lambda: NOW).conversations()
    assert b"zanzibar" not in b"".join(path.read_bytes() for path in tmp_path.iterdir() if path.suffix != ".db-shm")


def test_no_shorter_than_a_session_lasts():
    assert keep_seconds({"WHICHPATH_WEB_IDLE_MINUTES": "5"})["web:"] == IDLE
    assert keep_seconds({"WHICHPATH_WEB_IDLE_MINUTES": "90"})["web:"] == 90 * MINUTE


def test_a_database_that_is_gone_is_waited_for(retention, engine):
    said(engine, "web:a", 2 * HOUR)
    stop, calls = threading.Event(), []

    class FailingInbox:
        cipher = Cipher(b"k" * 32)

        def purge(self):
            calls.append(1)
            if len(calls) == 1:
                raise sa.exc.OperationalError("x", {}, Exception())
            if len(calls) == 3:
                stop.set()

    work(retention, FailingInbox(), stop, 0.01)
    assert left(engine) == [] and len(calls) == 3


def once(url, **more):
    environment = {**os.environ, "WHICHPATH_DB_URL": url, "WHICHPATH_SECRET": "a secret for the tests", **more}
    command = [sys.executable, "-m", "whichpath.jobs.retention", "--once"]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60)


def test_as_a_command_for_cron(tmp_path):
    url = f"sqlite:///{tmp_path}/x.db"
    engine = make_engine(url)
    upgrade(engine)
    with engine.begin() as db:
        row = {"sender_id": "sms:a", "type_name": "user", "timestamp": time.time() - 25 * HOUR, "data": "x"}
        db.execute(sa.insert(events).values(**row))
    ran = once(url)
    assert ran.returncode == 0 and "1 rows" in ran.stdout + ran.stderr
    gone = once("postgresql://nobody@127.0.0.1:1/none")
    assert gone.returncode == 1 and "does not answer" in gone.stdout + gone.stderr
