"""Admission control: how many turns run at a time; others wait briefly or get a "busy" message at once.

A turn is CPU-bound: two hundred at once all finish late. A few at a time, in order, answer most people soon; a message
that cannot be answered in time is told so on arrival, not after waiting.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

#: Concurrent turns. One uses the processor while the others wait for the action server or the database.
AT_ONCE = 6
#: Assumed seconds of a turn before any was measured; weight of the newest measurement.
FIRST, NEWEST = 0.1, 0.2
#: Expected seconds of waiting beyond which a message of danger gets the emergency text at once.
DANGER_WAITS = 1.0


class Busy(Exception):
    """No answer is possible in time. The person is told at once."""


class Room:
    """The queue of messages that wait for their turn. ``now`` is the clock; tests move it."""

    def __init__(self, at_once: int = AT_ONCE, now: Callable[[], float] = time.monotonic) -> None:
        self.at_once = at_once
        self.now = now
        self.running = 0
        self.each = FIRST
        self._queue: deque[asyncio.Future[None]] = deque()

    @property
    def waiting(self) -> int:
        """How many messages wait."""
        return sum(not place.done() for place in self._queue)

    def expected(self, ahead: int = 0) -> float:
        """Seconds until a message that comes now begins its turn, behind ``ahead`` others that are not queued yet."""
        waiting = self.waiting + ahead
        if self.running + waiting < self.at_once:
            return 0.0
        return (waiting + 1) * self.each

    def has_time(self, until: float, ahead: int = 0) -> bool:
        """Whether a message that comes now is likely to begin before ``until``."""
        return self.now() + self.expected(ahead) <= until

    @asynccontextmanager
    async def place(self, until: float) -> AsyncIterator[None]:
        """A context around a turn, entered when a place is free.

        Raises:
            Busy: not before ``until``.
        """
        if not self.has_time(until):
            raise Busy
        if self.running < self.at_once and not self.waiting:
            self.running += 1
        else:
            await self._wait(until)
        began = self.now()
        try:
            yield
        finally:
            # Divided by the turns that ran at the same time: the throughput time of one.
            took = (self.now() - began) / max(1, self.running)
            self.each += (took - self.each) * NEWEST
            self._leave()

    async def _wait(self, until: float) -> None:
        place: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._queue.append(place)
        try:
            await asyncio.wait_for(asyncio.shield(place), max(0.0, until - self.now()))
        except asyncio.TimeoutError:
            if not place.done():
                place.cancel()
                raise Busy from None
        except asyncio.CancelledError:
            if place.done() and not place.cancelled():
                self._leave()
            place.cancel()
            raise

    def _leave(self) -> None:
        """Passes the place to the next message."""
        self.running -= 1
        while self._queue and self.running < self.at_once:
            place = self._queue.popleft()
            if not place.done():
                self.running += 1
                place.set_result(None)


room = Room()
