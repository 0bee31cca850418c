"""``/metrics`` shows the last run of each job, on every database."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time

import sqlalchemy as sa
from prometheus_client.parser import text_string_to_metric_families

from tests.jobs.provider import Provider
from whichpath.jobs.reminders import Reminding
from whichpath.jobs.retention import work
from whichpath.jobs.senders import senders
from whichpath.server.metrics import page
from whichpath.settings import ROOT
from whichpath.store.encryption import Cipher
from whichpath.store.engine import make_engine
from whichpath.store.inbox import Inbox
from whichpath.store.jobs import EVENTS, Ledger
from whichpath.store.reminders import Reminders
from whichpath.store.retention import Retention
from whichpath.store.schema import events, reminder

NOW, HOUR = 1_800_000_000.0, 3600.0
LAST = "whichpath_job_last_success_timestamp_seconds"
TOTAL = "whichpath_job_events_total"


def told(engine) -> dict[tuple, float]:
    """Name, then the labels in the order of their names -> value."""
    families = text_string_to_metric_families(page(engine).decode())
    samples = [sample for family in families for sample in family.samples]
    return {(s.name, *(v for _k, v in sorted(s.labels.items(), reverse=True))): s.value for s in samples}


def alarms(engine, now: float) -> bool:
    """The alert rule of docs/production.md: time() - last > 7200."""
    return now - told(engine)[LAST, "retention"] > 2 * HOUR


def run(url: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "WHICHPATH_DB_URL": url, "WHICHPATH_SECRET": "a secret for the tests"}
    command = [sys.executable, "-m", "whichpath.jobs.retention", "--once"]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60)


def test_the_command_of_cron_leaves_its_mark(engine, database_url):
    assert alarms(engine, time.time()), "it never ran"
    with engine.begin() as db:
        row = {"sender_id": "sms:a", "type_name": "user", "timestamp": time.time() - 25 * HOUR, "data": "x"}
        db.execute(sa.insert(events), [row, row])
    began = time.time()
    assert run(database_url).returncode == 0
    after = told(engine)
    assert began <= after[LAST, "retention"] <= time.time()
    assert after[TOTAL, "retention", "deleted"] == 2 and after[TOTAL, "retention", "round"] == 1
    assert not alarms(engine, time.time()) and alarms(engine, time.time() + 2 * HOUR + 5)


def test_rounds_that_fail_are_no_success_and_are_counted_when_one_works(engine):
    stop, rounds = threading.Event(), []
    retention = Retention(engine, now=lambda: NOW + len(rounds))

    class FailingInbox:
        cipher = Cipher(b"k" * 32)

        def purge(self):
            rounds.append(1)
            if len(rounds) <= 3:
                if len(rounds) == 3:
                    seen.append(told(engine)[LAST, "retention"])
                raise sa.exc.OperationalError("x", {}, Exception())
            stop.set()

    seen: list[float] = []
    work(retention, FailingInbox(), stop, 0.01)
    after = told(engine)
    assert seen == [0.0] and after[LAST, "retention"] == NOW + 4
    assert (after[TOTAL, "retention", "fault"], after[TOTAL, "retention", "round"]) == (3, 1)


async def test_reminders_that_went_out_and_that_could_not(engine):
    inbox, provider = Inbox(engine, Cipher(b"k" * 32)), Provider()
    inbox.accept("sms", "1", "sms:ann", "+15551230001", {"text": "hi"})
    times = {"due": NOW - 60, "until": NOW + HOUR, "ends": NOW + HOUR, "free_at": NOW - 60}
    rest = {"channel": "sms", "kind": "morning", "day": "2027-01-15", "state": "waiting", "attempts": 0}
    with engine.begin() as db:
        for sender in ("sms:ann", "sms:without-address"):
            db.execute(sa.insert(reminder).values(sender_id=sender, **rest, **times))
    by_channel = senders(provider.environment)
    try:
        worker = Reminding(Reminders(engine, lambda: NOW), inbox, by_channel)
        assert await worker.round() == 1
        assert await worker.round() == 0
    finally:
        for sender in by_channel.values():
            await sender.close()
        provider.close()
    after = told(engine)
    counts = {event: after[TOTAL, "reminders", event] for event in EVENTS["reminders"]}
    assert counts == {"round": 2, "sent": 1, "failed": 1, "fault": 0} and after[LAST, "reminders"] == NOW


def test_several_at_once_lose_no_count(engine, database_url):
    begin = threading.Barrier(4)

    def many() -> None:
        ledger = Ledger(make_engine(database_url), "retention")
        begin.wait(10)
        for _ in range(10):
            ledger.round(deleted=3)

    workers = [threading.Thread(target=many) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(60)
    after = told(engine)
    assert (after[TOTAL, "retention", "round"], after[TOTAL, "retention", "deleted"]) == (40, 120)


def test_a_database_that_is_gone_has_no_times():
    names = {name for name, *_labels in told(make_engine("postgresql://nobody@127.0.0.1:1/none"))}
    assert LAST not in names and "whichpath_turns_in_progress" in names
