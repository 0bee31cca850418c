"""Several processes behind HAProxy with PostgreSQL and Redis: killing one under load loses nothing."""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import Iterator

import httpx
import pytest
import sqlalchemy as sa

from bench.resilience.scale import load, report
from testing.fleet import Fleet
from testing.page import Page, until
from testing.ports import wait_for
from testing.rest import HEADERS
from whichpath.library.phrases import load_phrases
from whichpath.store.engine import make_engine
from whichpath.store.schema import events


@pytest.fixture(scope="module")
def fleet() -> Iterator[Fleet]:
    """Two processes, which are enough for these tests."""
    running = Fleet(2)
    try:
        running.ready()
        yield running
    finally:
        running.close()


def rest(fleet: Fleet, sender: str, text: str) -> list[str]:
    answer = httpx.post(
        f"{fleet.url}/webhooks/rest/webhook", json={"sender": sender, "message": text}, headers=HEADERS, timeout=60
    )
    assert answer.status_code == 200, answer.text
    return [message.get("text", "") for message in answer.json()]


def test_one_is_killed_under_load_and_nothing_is_lost_silent_or_said_twice(fleet):
    tallies = asyncio.run(load(fleet, 24, 2))
    print(report(tallies, 2, 24))
    assert all(tally.acknowledged > 5 for tally in tallies.values()), report(tallies, 2, 24)
    assert [tally.bad for tally in tallies.values()] == [0, 0, 0], report(tallies, 2, 24)
    fleet.ready()


def test_the_proxy_keeps_its_own_endpoints(fleet):
    for path in ("/health/ready", "/metrics"):
        assert httpx.get(f"{fleet.url}{path}").status_code == 404
    big = httpx.post(f"{fleet.url}/chat/message", content=b"x" * 300_000)
    assert big.status_code == 413


async def insist(page: Page, text: str) -> None:
    """Resends what was not acknowledged after reconnecting, under the same id, like the widget."""
    question = secrets.token_hex(12)
    for _ in range(5):
        try:
            if not page.connected:
                await page.come()
            assert (await page.send(text, question))["ok"]
            break
        except OSError:
            await asyncio.sleep(0.2)
    await until(lambda: page.said(question) and question not in page.open, 20)


async def test_the_page_of_a_killed_process_goes_on_at_the_other(fleet):
    pages = [await Page(fleet.url).come() for _ in range(2)]
    for page in pages:
        await page.say("how do i end a restraining order")
    fleet.members[1].kill()
    for page in pages:
        await insist(page, "i asked for the order")
        assert len([line for line in page.lines if line["who"] == "me"]) == 2
        await page.leave()
    fleet.members[1].restart()
    await asyncio.to_thread(fleet.ready)


@pytest.mark.parametrize("mode", ["fast", "immediate"])
def test_the_database_is_restarted_while_idle(fleet, mode):
    sender = f"idle-{mode}"
    first = rest(fleet, sender, "how do i end a restraining order")
    fleet.postgres.restart(mode)
    second = rest(fleet, sender, "i asked for the order")
    assert first != second and load_phrases().unavailable.text not in second[0]
    assert stored(fleet) >= 2


def stored(fleet: Fleet) -> int:
    with make_engine(fleet.environment["WHICHPATH_DB_URL"]).connect() as db:
        wanted = sa.select(sa.func.count()).select_from(events).where(events.c.type_name == "user")
        return db.execute(wanted).scalar_one()


@pytest.mark.parametrize("fault", ["stop", "freeze"])
def test_the_database_goes_in_mid_turn_and_comes_back(fleet, fault):
    sender = f"mid-{fault}"
    rest(fleet, sender, "how do i end a restraining order")
    fleet.postgres.stop("immediate") if fault == "stop" else fleet.postgres.freeze()
    began = time.monotonic()
    try:
        answer = rest(fleet, sender, "i asked for the order")
    finally:
        fleet.postgres.start() if fault == "stop" else fleet.postgres.thaw()
    assert answer == [load_phrases().unavailable.text]
    assert time.monotonic() - began < 30  # 10 s, with a margin for a busy machine
    wait_for(lambda: all(member.ready() for member in fleet.members), 60, 0.2)
    # The question is still open.
    assert load_phrases().unavailable.text not in rest(fleet, sender, "i asked for the order")[0]


@pytest.mark.parametrize("fault", ["kill", "freeze"])
async def test_redis_goes_and_comes_back(fleet, fault):
    page = await Page(fleet.url).come()
    await page.say("how do i end a restraining order")
    getattr(fleet.redis, fault)()
    try:
        assert (await page.send("i asked for the order"))["error"] == "unavailable"
        # No process is ready, but people get a message.
        await asyncio.sleep(3)
        said = await asyncio.to_thread(rest, fleet, f"redis-{fault}", "hello")
        assert said == [load_phrases().unavailable.text]
    finally:
        fleet.redis.thaw() if fault == "freeze" else fleet.redis.start()
    await asyncio.to_thread(wait_for, lambda: all(member.ready() for member in fleet.members), 30, 0.2)
    if not page.connected:
        await page.come()
    await page.say("i asked for the order")
    await until(lambda: "i asked for the order" in page.texts)
    await page.leave()
