"""Measures the latency of one person without other load: at the client, over loopback, on an open connection."""

from __future__ import annotations

import json
import random
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import cycle

import urllib3

from bench.accuracy.cases import heldout
from testing import rest

#: Turns per person.
TURNS = 5
#: Turns before the first measured one.
WARM = 20


@dataclass(frozen=True)
class Latency:
    """Percentiles in milliseconds."""

    p50: float
    p95: float
    p99: float

    @classmethod
    def of(cls, times: list[float]) -> Latency:
        """The percentiles of ``times``, without interpolation."""
        ranked = sorted(times)
        return cls(*(ranked[min(len(ranked) - 1, int(share * len(ranked)))] for share in (0.5, 0.95, 0.99)))


def texts() -> Iterator[str]:
    """Held-out messages in a fixed random order, repeated without end."""
    found = [case.text[:900] for case in heldout()]
    random.Random(5).shuffle(found)
    return cycle(found)


def from_somewhere() -> dict[str, str]:
    """Headers: the REST token, and a proxy's header with a new address per person, because of the rate limit."""
    return {**rest.HEADERS, "X-Forwarded-For": ".".join(str(random.randint(1, 254)) for _ in range(4))}


@contextmanager
def client() -> Iterator[urllib3.PoolManager]:
    """One open connection of a minimal client, so that the client adds little to the measurement."""
    with urllib3.PoolManager(1, timeout=60, retries=False) as pool:
        yield pool


def say(pool: urllib3.PoolManager, address: str, sender: str, text: str) -> list[dict]:
    """Sends one message over REST; returns the messages of the answer.

    Raises:
        urllib3.exceptions.HTTPError: there was no answer, or an error.
    """
    body = json.dumps({"sender": sender, "message": text}).encode()
    answer = pool.request("POST", f"{address}/webhooks/rest/webhook", body=body, headers=from_somewhere())
    if answer.status != 200:
        raise urllib3.exceptions.HTTPError(f"status {answer.status}")
    return json.loads(answer.data)


def conversation(address: str, sender: str) -> None:
    """Sends :data:`TURNS` messages as one person."""
    said = texts()
    for _ in range(random.randrange(200)):
        next(said)
    with client() as pool:
        for _ in range(TURNS):
            say(pool, address, sender, next(said))


def say_once(address: str) -> None:
    """Sends one message as a new person."""
    with client() as pool:
        say(pool, address, uuid.uuid4().hex, "hello")


def replies(address: str, turns: int, warm: int = WARM) -> Latency:
    """The latency of ``turns`` turns, with a new person every :data:`TURNS`, after ``warm`` turns that do not count.

    The first 700 messages are distinct.
    """
    times, said = [], texts()
    with client() as pool:
        for number in range(warm + turns):
            if number % TURNS == 0:
                sender = uuid.uuid4().hex
            text, began = next(said), time.perf_counter()
            say(pool, address, sender, text)
            times.append((time.perf_counter() - began) * 1000)
    return Latency.of(times[warm:])
