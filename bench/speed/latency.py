"""How long one person waits while nobody else talks. Measured at the client, over loopback, on an open connection."""

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

#: Turns of a person in these measurements.
TURNS = 5
#: Turns before the first that counts.
WARM = 20


@dataclass(frozen=True)
class Latency:
    """Milliseconds."""

    p50: float
    p95: float
    p99: float

    @classmethod
    def of(cls, times: list[float]) -> Latency:
        """The percentiles of ``times``, none of them between two values."""
        ranked = sorted(times)
        return cls(*(ranked[min(len(ranked) - 1, int(share * len(ranked)))] for share in (0.5, 0.95, 0.99)))


def texts() -> Iterator[str]:
    """Held-out messages in an order of their own, over and over."""
    found = [case.text[:900] for case in heldout()]
    random.Random(5).shuffle(found)
    return cycle(found)


def from_somewhere() -> dict[str, str]:
    """The token of REST, and a proxy's header with an address for each person: one address is held to a few."""
    return {**rest.HEADERS, "X-Forwarded-For": ".".join(str(random.randint(1, 254)) for _ in range(4))}


@contextmanager
def client() -> Iterator[urllib3.PoolManager]:
    """One open connection. The plainest client: what a client costs is no part of what is measured."""
    with urllib3.PoolManager(1, timeout=60, retries=False) as pool:
        yield pool


def say(pool: urllib3.PoolManager, address: str, sender: str, text: str) -> list[dict]:
    """One turn over REST.

    Raises:
        urllib3.exceptions.HTTPError: there was no answer, or one that is none.
    """
    body = json.dumps({"sender": sender, "message": text}).encode()
    answer = pool.request("POST", f"{address}/webhooks/rest/webhook", body=body, headers=from_somewhere())
    if answer.status != 200:
        raise urllib3.exceptions.HTTPError(f"status {answer.status}")
    return json.loads(answer.data)


def conversation(address: str, sender: str) -> None:
    """Somebody says :data:`TURNS` things."""
    said = texts()
    for _ in range(random.randrange(200)):
        next(said)
    with client() as pool:
        for _ in range(TURNS):
            say(pool, address, sender, next(said))


def say_once(address: str) -> None:
    """One turn of somebody new."""
    with client() as pool:
        say(pool, address, uuid.uuid4().hex, "hello")


def replies(address: str, turns: int, warm: int = WARM) -> Latency:
    """The times of ``turns`` turns, every :data:`TURNS` by another person; ``warm`` turns before do not count.

    No message comes twice in the first 700.
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
