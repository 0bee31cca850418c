"""Reminders: at the right hour of the state, once, never after erase or STOP, also over kill -9."""

import datetime as dt
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa
import yaml

from testing.ports import wait_for
from tests.jobs.provider import Provider
from whichpath.channels.wishes import see_to
from whichpath.jobs.reminders import Reminding
from whichpath.jobs.senders import senders
from whichpath.library.wording_reminders import TELLING, load_wording
from whichpath.store.engine import make_engine
from whichpath.store.inbox import Inbox
from whichpath.store.migrate import upgrade
from whichpath.store.reminders import ATTEMPTS, LEASE, Reminders, moments
from whichpath.store.schema import addresses, metadata, reminder
from whichpath.store.seal import Seal

ROOT = Path(__file__).resolve().parents[2]
SECRET = "a secret for the tests alone"
DAY = dt.date(2027, 3, 17)
WORDS = load_wording()


def local(zone, day, hour, minute=0):
    return dt.datetime(day.year, day.month, day.day, hour, minute, tzinfo=ZoneInfo(zone)).timestamp()


class Clock:
    """A clock that only moves when told."""

    def __init__(self, at):
        self.at = at

    def __call__(self):
        return self.at


@pytest.fixture
def provider():
    double = Provider()
    yield double
    double.close()


@pytest.fixture
def url(database_url):
    return database_url


@pytest.fixture
def office(url):
    engine = make_engine(url)
    upgrade(engine)
    return Inbox(engine, Seal(SECRET.encode()))


class Desk:
    """A person with an address, a clock, a worker."""

    def __init__(self, office, provider, clock):
        self.office, self.provider, self.clock = office, provider, clock
        self.reminders = Reminders(office.engine, clock)

    def person(self, name="ann", channel="sms"):
        sender = f"{channel}:{name}"
        address = "+15551230001" if channel == "sms" else "5000000001"
        self.office.accept(channel, f"SM{name}{channel}", sender, address, {"text": "hi"})
        with self.office.engine.begin() as db:
            db.execute(sa.update(addresses).values(keep_until=self.clock() + 3600))
        return sender

    def book(self, sender, zone="America/New_York", day=DAY):
        return self.reminders.book(sender, sender.partition(":")[0], day, zone)

    async def round(self):
        by_channel = senders(self.provider.environment)
        worker = Reminding(self.reminders, self.office, by_channel)
        try:
            return await worker.round()
        finally:
            for sender in by_channel.values():
                await sender.close()

    async def at(self, zone, day, hour, minute=0):
        """Moves the clock there, lets a worker look, returns the texts that went out in all."""
        self.clock.at = local(zone, day, hour, minute)
        await self.round()
        return [text for _to, text, _at in self.provider.sent]

    def rows(self):
        with self.office.engine.begin() as db:
            return db.execute(sa.select(reminder)).all()


@pytest.fixture
def desk(office, provider):
    return Desk(office, provider, Clock(local("America/New_York", DAY - dt.timedelta(days=5), 12)))


BEFORE = DAY - dt.timedelta(days=1)


# --- when ---


@pytest.mark.parametrize("zone", ["America/New_York", "America/Los_Angeles", "Pacific/Guam", "America/Phoenix"])
async def test_day_before_and_morning_in_the_zone_of_the_state(desk, zone):
    desk.book(desk.person(), zone)
    assert await desk.at(zone, BEFORE, 16, 59) == []
    assert await desk.at(zone, BEFORE, 17, 1) == [WORDS.day_before.sms]
    assert await desk.at(zone, DAY, 6, 59) == [WORDS.day_before.sms]
    assert await desk.at(zone, DAY, 7, 1) == [WORDS.day_before.sms, WORDS.morning.sms]
    assert len(await desk.at(zone, DAY, 20)) == 2
    assert len(desk.rows()) == 2
    await desk.at(zone, DAY + dt.timedelta(days=1), 0, 1)
    assert desk.rows() == []


def test_the_hour_is_local_over_a_change_of_the_clocks():
    for moment in moments(dt.date(2027, 3, 14), "America/New_York", 0):
        place = dt.datetime.fromtimestamp(moment.due, ZoneInfo("America/New_York"))
        assert place.hour == {"day_before": 17, "morning": 7}[moment.kind]


def test_without_a_state_nobody_is_woken_and_new_york_is_in_time():
    morning = moments(DAY, None, 0)[1].due
    assert local("America/New_York", DAY, 7) <= morning <= local("America/New_York", DAY, 8)


async def test_too_late_words_are_not_sent(desk):
    desk.book(desk.person())
    assert await desk.at("America/New_York", BEFORE, 21, 30) == []
    assert await desk.at("America/New_York", DAY, 12, 30) == []


def test_what_is_past_is_not_booked(desk):
    sender = desk.person()
    desk.clock.at = local("America/New_York", BEFORE, 18)
    assert desk.book(sender) == 1
    assert [row.kind for row in desk.rows()] == ["morning"]
    desk.clock.at = local("America/New_York", DAY, 9)
    assert desk.book(sender, day=DAY) == 0


async def test_another_day_moves_them(desk):
    sender = desk.person()
    desk.book(sender)
    later = DAY + dt.timedelta(days=7)
    desk.book(sender, day=later)
    assert await desk.at("America/New_York", DAY, 7, 1) == []
    assert await desk.at("America/New_York", later, 7, 1) == [WORDS.morning.sms]


async def test_booked_again_nothing_goes_out_twice(desk):
    sender = desk.person()
    desk.book(sender)
    await desk.at("America/New_York", BEFORE, 17, 1)
    desk.book(sender, "America/Los_Angeles")
    assert await desk.at("America/New_York", BEFORE, 20, 30) == [WORDS.day_before.sms]
    assert len(await desk.at("America/Los_Angeles", DAY, 7, 1)) == 2


async def test_the_address_is_kept_as_long_as_needed_and_no_longer(desk):
    sender = desk.person()
    desk.book(sender)

    def until():
        with desk.office.engine.begin() as db:
            return db.execute(sa.select(addresses.c.keep_until)).scalar_one()

    assert until() == local("America/New_York", DAY + dt.timedelta(days=1), 0)
    desk.reminders.cancel(sender)
    assert until() <= desk.clock() + 24 * 3600


# --- never ---


@pytest.mark.parametrize("how", ["erased", "opted out", "cancelled", "no address"])
async def test_never_after_the_person_said_no(desk, how):
    sender = desk.person()
    desk.book(sender)
    if how == "erased":
        desk.office.forget(sender)
    elif how == "opted out":
        desk.office.opt_out(sender)
    elif how == "cancelled":
        see_to(desk.office, sender, "sms", [{"custom": {"data": {"remind": {"off": True}}}}])
    else:
        with desk.office.engine.begin() as db:
            db.execute(sa.delete(addresses))
    assert how == "no address" or desk.rows() == []
    for day, hour in ((BEFORE, 17), (DAY, 7)):
        assert await desk.at("America/New_York", day, hour, 1) == []
    assert desk.provider.posts == 0


@pytest.mark.parametrize("how", ["forget", "opt_out"])
def test_not_even_between_claim_and_send(desk, how):
    sender = desk.person()
    desk.book(sender)
    desk.clock.at = local("America/New_York", BEFORE, 17, 1)
    job = desk.reminders.claim(("sms",))
    getattr(desk.office, how)(sender)
    assert not desk.reminders.begin(job)
    assert not desk.reminders.sent(job)


def test_stop_of_somebody_else_changes_nothing(desk):
    ann, bob = desk.person("ann"), desk.person("bob")
    desk.book(ann), desk.book(bob)
    desk.office.opt_out(ann)
    assert {row.sender_id for row in desk.rows()} == {bob}


async def test_whom_twilio_blocks_is_left_alone(desk):
    sender = desk.person()
    desk.book(sender)
    desk.provider.faults[:] = [("code", 21610)]
    assert await desk.at("America/New_York", BEFORE, 17, 1) == []
    assert desk.office.opted_out(sender) and desk.rows() == []
    assert await desk.at("America/New_York", DAY, 7, 1) == []


# --- once ---


async def test_two_workers_at_once(desk, url):
    people = [desk.person(f"p{n}") for n in range(12)]
    for sender in people:
        desk.book(sender)
    desk.clock.at = local("America/New_York", BEFORE, 17, 1)
    got: list = []

    def work():
        mine = Reminders(make_engine(url), desk.clock)
        while job := mine.claim(("sms",)):
            if mine.begin(job):
                got.append(job.sender_id)
                mine.sent(job)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    # A worker that lost a race stops early: the next round takes what is left.
    while job := desk.reminders.claim(("sms",)):
        got.append(job.sender_id)
    assert sorted(got) == sorted(people)


async def test_bounded_attempts(desk):
    desk.book(desk.person())
    desk.clock.at = local("America/New_York", BEFORE, 17, 1)
    desk.provider.faults[:] = [500] * 100
    for _ in range(ATTEMPTS + 5):
        await desk.round()
        desk.clock.at += 901
        if desk.clock.at > local("America/New_York", BEFORE, 20):
            desk.clock.at = local("America/New_York", BEFORE, 20)
    assert desk.provider.posts <= 2 * ATTEMPTS
    assert desk.provider.sent == []


async def test_a_provider_that_comes_back_gets_it_once(desk):
    desk.book(desk.person())
    desk.provider.faults[:] = [500, 500]
    assert await desk.at("America/New_York", BEFORE, 17, 1) == []
    assert await desk.at("America/New_York", BEFORE, 17, 3) == [WORDS.day_before.sms]
    assert len(await desk.at("America/New_York", BEFORE, 17, 30)) == 1


async def test_telegram_in_doubt_is_not_sent_again_and_can_be_erased(desk):
    doubtful, fine = desk.person("ann", "telegram"), desk.person("bob", "telegram")
    desk.book(doubtful)
    desk.provider.faults[:] = [502]
    assert await desk.at("America/New_York", BEFORE, 17, 1) == []
    assert await desk.at("America/New_York", BEFORE, 19) == []
    assert await desk.at("America/New_York", DAY, 7, 1) == [WORDS.morning.telegram]
    assert desk.office.thread(doubtful)["ids"][0][0] == 4711
    assert desk.office.thread(fine) == {}


# --- kill -9 ---


class Process:
    """``python -m whichpath.jobs.reminders`` itself."""

    def __init__(self, url, provider, tmp_path):
        self.log = tmp_path / "reminders.log"
        self.environment = {
            **os.environ,
            **provider.environment,
            "WHICHPATH_DB_URL": url,
            "WHICHPATH_SECRET": SECRET,
        }
        self.start()

    def start(self):
        command = [sys.executable, "-m", "whichpath.jobs.reminders"]
        with open(self.log, "ab") as file:
            self.process = subprocess.Popen(command, cwd=ROOT, env=self.environment, stdout=file, stderr=file)

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(10)


def due_now(desk, sender):
    """A reminder whose hour has come by the real clock."""
    import time

    now = time.time()
    desk.clock.at = now
    row = {"sender_id": sender, "channel": sender.partition(":")[0], "kind": "morning", "day": "2027-03-17"}
    times = {"due": now - 60, "until": now + 3600, "ends": now + 7200, "free_at": now - 60}
    with desk.office.engine.begin() as db:
        db.execute(sa.insert(reminder).values(**row, **times, state="waiting", attempts=0))
        db.execute(sa.update(addresses).values(keep_until=now + 7200))


def lease_over(url):
    with make_engine(url).begin() as db:
        db.execute(sa.update(reminder).values(free_at=0))


def states(url):
    with make_engine(url).begin() as db:
        return list(db.execute(sa.select(reminder.c.state)).scalars())


@pytest.mark.parametrize("fault", ["lost", "hang"])
def test_killed_between_claim_and_send_a_text_goes_out_once(desk, url, provider, tmp_path, fault):
    due_now(desk, desk.person())
    provider.faults[:] = [fault]
    first = Process(url, provider, tmp_path)
    wait_for(lambda: provider.posts == 1, 30)
    first.kill()
    assert states(url) == ["waiting"]
    first.start()
    try:
        lease_over(url)
        wait_for(lambda: states(url) == ["sent"], 60)
        assert len(provider.sent) == 1
        assert "+1555" not in first.log.read_text()
    finally:
        first.process.terminate()
        assert first.process.wait(10) == 0


@pytest.mark.parametrize("fault", ["lost", "hang"])
def test_killed_on_telegram_at_most_once(desk, url, provider, tmp_path, fault):
    due_now(desk, desk.person(channel="telegram"))
    provider.faults[:] = [fault]
    first = Process(url, provider, tmp_path)
    wait_for(lambda: provider.posts == 1, 30)
    first.kill()
    first.start()
    try:
        lease_over(url)
        wait_for(lambda: states(url) == ["over"], 60)
        assert provider.posts == 1
    finally:
        first.kill()


def test_not_configured_it_says_so():
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("TWILIO", "TELEGRAM"))}
    done = subprocess.run(
        [sys.executable, "-m", "whichpath.jobs.reminders"], cwd=ROOT, env=environment, capture_output=True
    )
    assert done.returncode == 1 and b"Neither SMS nor Telegram" in done.stderr


# --- words, tables ---


def test_words_tell_nothing_and_a_lease_outlasts_a_send():
    raw = yaml.safe_load((ROOT / "content/reminders.yml").read_text())
    for words in raw.values():
        for text in words.values():
            assert not TELLING.search(text) and "stop" in text.casefold()
    from whichpath.providers import twilio as twilio_api

    assert LEASE > twilio_api.TRIES * 2 * (twilio_api.TIMEOUT.read or 0)


def test_migrations_make_the_tables_of_the_schema(office):
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    with office.engine.connect() as db:
        context = MigrationContext.configure(db, opts={"version_table": "whichpath_version"})
        changes = compare_metadata(context, metadata)
    assert changes == []
