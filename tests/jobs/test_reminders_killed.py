"""Reminders when the job is killed (-9): a text is sent once, a Telegram message at most once."""

import os
import signal
import subprocess
import sys

import pytest
import sqlalchemy as sa

from testing.ports import wait_for
from tests.jobs.scene import SECRET
from whichpath.settings import ROOT
from whichpath.store.engine import make_engine
from whichpath.store.schema import addresses, reminder


class Process:
    """A process of ``python -m whichpath.jobs.reminders``."""

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
    """A reminder that is due by the real clock."""
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
