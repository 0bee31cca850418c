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
from whichpath.channels.reminder_requests import apply_requests
from whichpath.jobs.reminders import Reminding
from whichpath.jobs.senders import senders
from whichpath.library.wording_reminders import TELLING, load_wording
from whichpath.store.encryption import Cipher
from whichpath.store.engine import make_engine
from whichpath.store.inbox import Inbox
from whichpath.store.migrate import upgrade
from whichpath.store.reminders import ATTEMPTS, LEASE, Reminders, moments
from whichpath.store.schema import addresses, metadata, reminder

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
def inbox(url):
    engine = make_engine(url)
    upgrade(engine)
    return Inbox(engine, Cipher(SECRET.encode()))


class Scene:
    """A person with an address, a clock, a worker."""

    def __init__(self, inbox, provider, clock):
        self.inbox, self.provider, self.clock = inbox, provider, clock
        self.reminders = Reminders(inbox.engine, clock)

    def person(self, name="ann", channel="sms"):
        sender = f"{channel}:{name}"
        address = "+15551230001" if channel == "sms" else "5000000001"
        self.inbox.accept(channel, f"SM{name}{channel}", sender, address, {"text": "hi"})
        with self.inbox.engine.begin() as db:
            db.execute(sa.update(addresses).values(keep_until=self.clock() + 3600))
        return sender

    def schedule(self, sender, zone="America/New_York", day=DAY):
        return self.reminders.schedule(sender, sender.partition(":")[0], day, zone)

    async def round(self):
        by_channel = senders(self.provider.environment)
        worker = Reminding(self.reminders, self.inbox, by_channel)
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
        with self.inbox.engine.begin() as db:
            return db.execute(sa.select(reminder)).all()


@pytest.fixture
def scene(inbox, provider):
    return Scene(inbox, provider, Clock(local("America/New_York", DAY - dt.timedelta(days=5), 12)))


BEFORE = DAY - dt.timedelta(days=1)


# --- when ---


@pytest.mark.parametrize("zone", ["America/New_York", "America/Los_Angeles", "Pacific/Guam", "America/Phoenix"])
async def test_day_before_and_morning_in_the_zone_of_the_state(scene, zone):
    scene.schedule(scene.person(), zone)
    assert await scene.at(zone, BEFORE, 16, 59) == []
    assert await scene.at(zone, BEFORE, 17, 1) == [WORDS.day_before.sms]
    assert await scene.at(zone, DAY, 6, 59) == [WORDS.day_before.sms]
    assert await scene.at(zone, DAY, 7, 1) == [WORDS.day_before.sms, WORDS.morning.sms]
    assert len(await scene.at(zone, DAY, 20)) == 2
    assert len(scene.rows()) == 2
    await scene.at(zone, DAY + dt.timedelta(days=1), 0, 1)
    assert scene.rows() == []


def test_the_hour_is_local_over_a_change_of_the_clocks():
    for moment in moments(dt.date(2027, 3, 14), "America/New_York", 0):
        place = dt.datetime.fromtimestamp(moment.due, ZoneInfo("America/New_York"))
        assert place.hour == {"day_before": 17, "morning": 7}[moment.kind]


def test_without_a_state_nobody_is_woken_and_new_york_is_in_time():
    morning = moments(DAY, None, 0)[1].due
    assert local("America/New_York", DAY, 7) <= morning <= local("America/New_York", DAY, 8)


async def test_too_late_words_are_not_sent(scene):
    scene.schedule(scene.person())
    assert await scene.at("America/New_York", BEFORE, 21, 30) == []
    assert await scene.at("America/New_York", DAY, 12, 30) == []


def test_what_is_past_is_not_booked(scene):
    sender = scene.person()
    scene.clock.at = local("America/New_York", BEFORE, 18)
    assert scene.schedule(sender) == 1
    assert [row.kind for row in scene.rows()] == ["morning"]
    scene.clock.at = local("America/New_York", DAY, 9)
    assert scene.schedule(sender, day=DAY) == 0


async def test_another_day_moves_them(scene):
    sender = scene.person()
    scene.schedule(sender)
    later = DAY + dt.timedelta(days=7)
    scene.schedule(sender, day=later)
    assert await scene.at("America/New_York", DAY, 7, 1) == []
    assert await scene.at("America/New_York", later, 7, 1) == [WORDS.morning.sms]


async def test_booked_again_nothing_goes_out_twice(scene):
    sender = scene.person()
    scene.schedule(sender)
    await scene.at("America/New_York", BEFORE, 17, 1)
    scene.schedule(sender, "America/Los_Angeles")
    assert await scene.at("America/New_York", BEFORE, 20, 30) == [WORDS.day_before.sms]
    assert len(await scene.at("America/Los_Angeles", DAY, 7, 1)) == 2


async def test_the_address_is_kept_as_long_as_needed_and_no_longer(scene):
    sender = scene.person()
    scene.schedule(sender)

    def until():
        with scene.inbox.engine.begin() as db:
            return db.execute(sa.select(addresses.c.keep_until)).scalar_one()

    assert until() == local("America/New_York", DAY + dt.timedelta(days=1), 0)
    scene.reminders.cancel(sender)
    assert until() <= scene.clock() + 24 * 3600


# --- never ---


@pytest.mark.parametrize("how", ["erased", "opted out", "cancelled", "no address"])
async def test_never_after_the_person_said_no(scene, how):
    sender = scene.person()
    scene.schedule(sender)
    if how == "erased":
        scene.inbox.forget(sender)
    elif how == "opted out":
        scene.inbox.opt_out(sender)
    elif how == "cancelled":
        apply_requests(scene.inbox, sender, "sms", [{"custom": {"data": {"remind": {"off": True}}}}])
    else:
        with scene.inbox.engine.begin() as db:
            db.execute(sa.delete(addresses))
    assert how == "no address" or scene.rows() == []
    for day, hour in ((BEFORE, 17), (DAY, 7)):
        assert await scene.at("America/New_York", day, hour, 1) == []
    assert scene.provider.posts == 0


@pytest.mark.parametrize("how", ["forget", "opt_out"])
def test_not_even_between_claim_and_send(scene, how):
    sender = scene.person()
    scene.schedule(sender)
    scene.clock.at = local("America/New_York", BEFORE, 17, 1)
    job = scene.reminders.claim(("sms",))
    getattr(scene.inbox, how)(sender)
    assert not scene.reminders.begin(job)
    assert not scene.reminders.sent(job)


def test_stop_of_somebody_else_changes_nothing(scene):
    ann, bob = scene.person("ann"), scene.person("bob")
    scene.schedule(ann), scene.schedule(bob)
    scene.inbox.opt_out(ann)
    assert {row.sender_id for row in scene.rows()} == {bob}


async def test_whom_twilio_blocks_is_left_alone(scene):
    sender = scene.person()
    scene.schedule(sender)
    scene.provider.faults[:] = [("code", 21610)]
    assert await scene.at("America/New_York", BEFORE, 17, 1) == []
    assert scene.inbox.opted_out(sender) and scene.rows() == []
    assert await scene.at("America/New_York", DAY, 7, 1) == []


# --- once ---


async def test_two_workers_at_once(scene, url):
    people = [scene.person(f"p{n}") for n in range(12)]
    for sender in people:
        scene.schedule(sender)
    scene.clock.at = local("America/New_York", BEFORE, 17, 1)
    got: list = []

    def work():
        mine = Reminders(make_engine(url), scene.clock)
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
    while job := scene.reminders.claim(("sms",)):
        got.append(job.sender_id)
    assert sorted(got) == sorted(people)


async def test_bounded_attempts(scene):
    scene.schedule(scene.person())
    scene.clock.at = local("America/New_York", BEFORE, 17, 1)
    scene.provider.faults[:] = [500] * 100
    for _ in range(ATTEMPTS + 5):
        await scene.round()
        scene.clock.at += 901
        if scene.clock.at > local("America/New_York", BEFORE, 20):
            scene.clock.at = local("America/New_York", BEFORE, 20)
    assert scene.provider.posts <= 2 * ATTEMPTS
    assert scene.provider.sent == []


async def test_a_provider_that_comes_back_gets_it_once(scene):
    scene.schedule(scene.person())
    scene.provider.faults[:] = [500, 500]
    assert await scene.at("America/New_York", BEFORE, 17, 1) == []
    assert await scene.at("America/New_York", BEFORE, 17, 3) == [WORDS.day_before.sms]
    assert len(await scene.at("America/New_York", BEFORE, 17, 30)) == 1


async def test_telegram_in_doubt_is_not_sent_again_and_can_be_erased(scene):
    doubtful, fine = scene.person("ann", "telegram"), scene.person("bob", "telegram")
    scene.schedule(doubtful)
    scene.provider.faults[:] = [502]
    assert await scene.at("America/New_York", BEFORE, 17, 1) == []
    assert await scene.at("America/New_York", BEFORE, 19) == []
    assert await scene.at("America/New_York", DAY, 7, 1) == [WORDS.morning.text]
    assert scene.inbox.thread(doubtful)["ids"][0][0] == 4711
    assert scene.inbox.thread(fine) == {}


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


def due_now(scene, sender):
    """A reminder whose hour has come by the real clock."""
    import time

    now = time.time()
    scene.clock.at = now
    row = {"sender_id": sender, "channel": sender.partition(":")[0], "kind": "morning", "day": "2027-03-17"}
    times = {"due": now - 60, "until": now + 3600, "ends": now + 7200, "free_at": now - 60}
    with scene.inbox.engine.begin() as db:
        db.execute(sa.insert(reminder).values(**row, **times, state="waiting", attempts=0))
        db.execute(sa.update(addresses).values(keep_until=now + 7200))


def lease_over(url):
    with make_engine(url).begin() as db:
        db.execute(sa.update(reminder).values(free_at=0))


def states(url):
    with make_engine(url).begin() as db:
        return list(db.execute(sa.select(reminder.c.state)).scalars())


@pytest.mark.parametrize("fault", ["lost", "hang"])
def test_killed_between_claim_and_send_a_text_goes_out_once(scene, url, provider, tmp_path, fault):
    due_now(scene, scene.person())
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
def test_killed_on_telegram_at_most_once(scene, url, provider, tmp_path, fault):
    due_now(scene, scene.person(channel="telegram"))
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


def test_migrations_make_the_tables_of_the_schema(inbox):
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    with inbox.engine.connect() as db:
        context = MigrationContext.configure(db, opts={"version_table": "whichpath_version"})
        changes = compare_metadata(context, metadata)
    assert changes == []
