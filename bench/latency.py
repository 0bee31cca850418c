"""How long one person waits while nobody else talks. Measured at the client, over loopback, on an open connection."""

from __future__ import annotations

import random
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import cycle

import httpx

from bench.cases import heldout

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


def say(client: httpx.Client, address: str, sender: str, text: str) -> list[dict]:
    """One turn over REST.

    Raises:
        httpx.HTTPError: there was no answer.
    """
    answer = client.post(f"{address}/webhooks/rest/webhook", json={"sender": sender, "message": text})
    return answer.raise_for_status().json()


def conversation(address: str, sender: str) -> None:
    """Somebody says :data:`TURNS` things."""
    said = texts()
    for _ in range(random.randrange(200)):
        next(said)
    with httpx.Client(timeout=60, trust_env=False) as client:
        for _ in range(TURNS):
            say(client, address, sender, next(said))


def say_once(address: str) -> None:
    """One turn of somebody new."""
    with httpx.Client(timeout=60, trust_env=False) as client:
        say(client, address, uuid.uuid4().hex, "hello")


def replies(address: str, turns: int, warm: int = WARM) -> Latency:
    """The times of ``turns`` turns, every :data:`TURNS` by another person; ``warm`` turns before do not count.

    No message comes twice in the first 700.
    """
    times, said = [], texts()
    with httpx.Client(timeout=60, trust_env=False) as client:
        for number in range(warm + turns):
            if number % TURNS == 0:
                sender = uuid.uuid4().hex
            text, began = next(said), time.perf_counter()
            say(client, address, sender, text)
            times.append((time.perf_counter() - began) * 1000)
    return Latency.of(times[warm:])
