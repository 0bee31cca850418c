"""One turn of a conversation at a time, in one process and in several, on any failure of Redis."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from rasa.core.lock_store import LockError
from redis.exceptions import RedisError

from testing.ports import wait_for
from testing.production import redis
from whichpath.store import locks
from whichpath.store.locks import LIFETIME, ConversationLocks

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def store(redis_url):
    return ConversationLocks()


@pytest.fixture
def server(monkeypatch):
    running = redis()
    running.ask("FLUSHALL")
    yield running
    running.thaw()
    if running.process.poll() is not None:
        running.start()


async def turn(store, name, log, seconds=0.05, conversation="a"):
    async with store.lock(conversation):
        log.append(f"{name} in")
        await asyncio.sleep(seconds)
        log.append(f"{name} out")


async def test_one_after_the_other_and_in_order(store):
    log: list[str] = []
    await asyncio.gather(*(turn(store, n, log) for n in range(6)))
    assert log == [f"{n} {way}" for n in range(6) for way in ("in", "out")]
    assert not store._here and not store._waiting


async def test_other_people_do_not_wait(store):
    log: list[str] = []
    await asyncio.gather(turn(store, "slow", log, 0.5, "a"), turn(store, "quick", log, 0, "b"))
    assert log.index("quick out") < log.index("slow out")


async def test_a_failed_turn_gives_the_lock_back(store):
    with pytest.raises(ZeroDivisionError):
        async with store.lock("a"):
            raise ZeroDivisionError
    log: list[str] = []
    await asyncio.wait_for(turn(store, "next", log), 1)


async def test_whoever_waits_too_long_is_told(store, monkeypatch):
    monkeypatch.setattr(locks, "WAIT", 0.3)
    async with store.lock("a"):
        with pytest.raises(LockError):
            await turn(store, "late", [])
    await turn(store, "next", [])


async def test_two_processes_never_hold_the_same_conversation(server):
    one, two, log = ConversationLocks(url=server.url), ConversationLocks(url=server.url), []
    await asyncio.gather(*(turn(store, n, log, 0.01) for n in range(10) for store in (one, two)))
    assert len(log) == 40
    assert all(inn.split()[0] == out.split()[0] for inn, out in zip(log[::2], log[1::2], strict=True))
    assert server.ask("DBSIZE") == "0"


async def test_a_long_turn_keeps_its_lock(server, monkeypatch):
    monkeypatch.setattr(locks, "LIFETIME", 0.4)
    one, two, log = ConversationLocks(url=server.url), ConversationLocks(url=server.url), []
    first = asyncio.ensure_future(turn(one, "long", log, 1.5))
    await asyncio.sleep(0.1)
    assert 0 < int(server.ask("PTTL", "whichpath:lock:a")) <= 400
    await turn(two, "next", log)
    await first
    assert log == ["long in", "long out", "next in", "next out"]


HOLDS = """
import asyncio, sys
from whichpath.store.locks import ConversationLocks
async def main():
    async with ConversationLocks().lock("a"):
        print("held", flush=True)
        await asyncio.sleep(60)
asyncio.run(main())
"""


def hold_and_die(url):
    """Another process takes the lock and is killed."""
    environment = {**os.environ, "WHICHPATH_REDIS_URL": url}
    command = [sys.executable, "-c", HOLDS]
    process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True)
    assert process.stdout.readline() == "held\n"
    process.send_signal(signal.SIGKILL)
    process.wait(10)


async def test_a_killed_process_holds_nobody_up(server):
    hold_and_die(server.url)
    assert server.ask("EXISTS", "whichpath:lock:a") == "1"
    began = time.monotonic()
    await turn(ConversationLocks(url=server.url), "next", [])
    assert time.monotonic() - began < LIFETIME + 2


@pytest.mark.parametrize("fault", ["kill", "freeze"])
async def test_without_redis_nobody_waits_for_ever_and_nobody_else_is_held_up(server, fault):
    store = ConversationLocks(url=server.url)
    await turn(store, "before", [])
    getattr(server, fault)()
    ticks = 0

    async def tick():
        nonlocal ticks
        while True:
            await asyncio.sleep(0.02)
            ticks += 1

    ticking = asyncio.ensure_future(tick())
    began = time.monotonic()
    with pytest.raises(LockError):
        await turn(store, "x", [])
    assert time.monotonic() - began < 6
    ticking.cancel()
    if fault == "freeze":
        assert ticks > 20, "the event loop stood still"
    with pytest.raises(RedisError):
        await asyncio.wait_for(store.ping(), 6)
    server.thaw() if fault == "freeze" else server.start()
    await turn(store, "after", [])
    await store.ping()


async def test_redis_that_goes_in_mid_turn_does_not_undo_the_turn(server):
    store, log = ConversationLocks(url=server.url), []
    running = asyncio.ensure_future(turn(store, "x", log, 0.5))
    await asyncio.sleep(0.2)
    server.kill()
    await running
    assert log == ["x in", "x out"]


async def test_a_restart_of_redis_while_idle_costs_nothing(server):
    store = ConversationLocks(url=server.url)
    await turn(store, "before", [])
    server.kill()
    server.start()
    wait_for(lambda: server.ask("PING") == "PONG")
    log: list[str] = []
    await turn(store, "after", log)
    assert log == ["after in", "after out"]
