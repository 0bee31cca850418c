"""Reminders: at the right local time, once, and never after erase or STOP."""

import datetime as dt
import threading
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa
import yaml

from tests.jobs.scene import DAY, local
from whichpath.channels.reminder_requests import apply_requests
from whichpath.library.wording_reminders import TELLING, load_wording
from whichpath.store.engine import make_engine
from whichpath.store.reminders import ATTEMPTS, LEASE, Reminders, moments
from whichpath.store.schema import addresses, metadata

ROOT = Path(__file__).resolve().parents[2]
WORDS = load_wording()
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
    # A worker that lost a race stops early; the next round sends the rest.
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


# --- texts, tables ---


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
