"""Rate limits per person and per address: token buckets. No message and no address is logged.

In the memory of one process, or shared in Redis (:mod:`whichpath.channels.guards.limits_shared`).
"""

from __future__ import annotations

import ipaddress
import math
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field

from sanic.request import Request

from whichpath.channels.requests import BadRequest
from whichpath.settings import read_settings

#: Buckets kept at most; the ones unused longest go first.
KEPT = 20_000


@dataclass(frozen=True)
class Rate:
    """``burst`` at once, then ``per_second``."""

    burst: float
    per_second: float


#: All rates are multiplied by it: for a measurement, or where one address is a whole institution.
FACTOR = read_settings().rate
#: People in distress send short messages quickly, but nobody types ten in a second.
PER_SESSION = Rate(burst=10, per_second=0.5)
#: Many people of a shelter, a library or a court house share one address.
PER_ADDRESS = Rate(burst=60, per_second=4)
#: New connections and new sessions of an address.
CONNECTS = Rate(burst=60, per_second=2)
#: Connections opened by an address, reconnections included: an unstable network is no attack.
LINES = Rate(burst=300, per_second=10)
#: Frames of one connection, whatever they contain.
FRAMES = Rate(burst=120, per_second=5)
#: One conversation over REST: a program may be faster than a person and send a whole conversation at once.
PER_REST_SENDER = Rate(burst=60, per_second=2)
#: One phone or one chat, at once and in a day: every text costs the operator money.
PER_PHONE, PER_PHONE_A_DAY = Rate(burst=12, per_second=0.1), Rate(burst=200, per_second=200 / 86400)
#: Buttons that only show another part of an answer: they cost no turn and no text message.
PER_VIEW = Rate(burst=40, per_second=1)
#: How often a person over the limit is told so; and how often where they ask for help.
TOLD, TOLD_AGAIN = Rate(burst=1, per_second=1 / 600), Rate(burst=3, per_second=1 / 60)
#: A provider gives one customer a whole IPv6 /48: together its 65,536 networks may send this many times what one may.
WIDE = 8


@dataclass(slots=True)
class Bucket:
    """A token bucket. ``rate`` includes :data:`FACTOR`."""

    rate: Rate
    level: float = field(init=False)
    at: float

    def __post_init__(self) -> None:
        self.level = self.rate.burst

    def take(self, now: float) -> bool:
        """Whether one more may pass."""
        self.level = min(self.rate.burst, self.level + max(0.0, now - self.at) * self.rate.per_second)
        self.at = now
        if self.level < 1:
            return False
        self.level -= 1
        return True

    @property
    def wait(self) -> int:
        """Whole seconds until one more may pass."""
        return max(1, math.ceil((1 - self.level) / self.rate.per_second))


class Buckets:
    """A bucket for each key, of one rate. ``now`` is the clock, in seconds; tests move it.

    A full bucket is the same as none, and is not kept.
    """

    def __init__(self, rate: Rate, now: Callable[[], float] = time.monotonic) -> None:
        self.rate = Rate(rate.burst * FACTOR, rate.per_second * FACTOR)
        self.now = now
        self._buckets: OrderedDict[Hashable, Bucket] = OrderedDict()

    def __len__(self) -> int:
        return len(self._buckets)

    def of(self, key: Hashable) -> Bucket:
        """The bucket of ``key``."""
        bucket = self._buckets.get(key)
        if bucket is None:
            bucket = self._buckets[key] = Bucket(self.rate, self.now())
            self._make_room()
        self._buckets.move_to_end(key)
        return bucket

    def _make_room(self) -> None:
        """Least recently used first."""
        full = self.now() - self.rate.burst / self.rate.per_second
        while len(self._buckets) > KEPT or next(iter(self._buckets.values())).at < full:
            self._buckets.popitem(last=False)

    def wait(self, key: Hashable) -> int:
        """0 where one more may pass for ``key``, else the whole seconds until it may."""
        bucket = self.of(key)
        return 0 if bucket.take(self.now()) else bucket.wait


def too_many(wait: int) -> BadRequest:
    """The response to a caller over the limit: ``wait`` seconds until one more may pass."""
    return BadRequest("Too many messages. Please wait a moment.", 429, {"Retry-After": str(wait)})


class Limits:
    """The buckets of all rates in this process."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self.now = now
        self._of: dict[Rate, Buckets] = {}

    async def wait(self, rate: Rate, key: str) -> int:
        """0 where one more may pass, else the seconds until it may."""
        return self._of.setdefault(rate, Buckets(rate, self.now)).wait(key)

    async def take(self, rate: Rate, key: str) -> bool:
        """Whether one more may pass."""
        return not await self.wait(rate, key)

    async def admit(self, rate: Rate, key: str) -> None:
        """Returns where one more may pass.

        Raises:
            BadRequest: 429, with how long to wait.
        """
        wait = await self.wait(rate, key)
        if wait:
            raise too_many(wait)

    async def wait_at(self, rate: Rate, address: str, channel: str = "") -> int:
        """As :meth:`wait`, for an address from :func:`address_of`: an IPv6 address counts by its /64 and its /48."""
        wide = wide_of(address)
        if wide:
            wait = await self.wait(Rate(rate.burst * WIDE, rate.per_second * WIDE), f"{channel} {wide}")
            if wait:
                return wait
        return await self.wait(rate, f"{channel} {address}")

    async def take_at(self, rate: Rate, address: str) -> bool:
        """Whether one more may pass from an address."""
        return not await self.wait_at(rate, address)

    async def admit_at(self, rate: Rate, address: str, channel: str = "") -> None:
        """Returns where one more may pass from an address.

        Raises:
            BadRequest: 429, with how long to wait.
        """
        wait = await self.wait_at(rate, address, channel)
        if wait:
            raise too_many(wait)

    async def judge(self, phone: str, asks: bool = False) -> str:
        """What to do with a message from a phone: ``pass``, ``tell`` (answer that it was too much), or ``drop``.

        A provider cannot be told to wait, and the person is told only now and then; more often where they ask for help
        (``asks``).
        """
        if await self.take(PER_PHONE, phone) and await self.take(PER_PHONE_A_DAY, phone):
            return "pass"
        if await self.take(TOLD, phone) or (asks and await self.take(TOLD_AGAIN, phone)):
            return "tell"
        return "drop"


def network_of(address: str) -> str:
    """What counts as one address: for IPv6 the /64, which belongs to one household or phone."""
    try:
        parsed = ipaddress.ip_address(address.strip("[]"))
    except ValueError:
        return address
    mapped = getattr(parsed, "ipv4_mapped", None)
    if mapped is not None:
        return str(mapped)
    return str(ipaddress.ip_network(f"{parsed}/64", strict=False)) if parsed.version == 6 else str(parsed)


def wide_of(address: str) -> str | None:
    """The /48 around an IPv6 /64 as :func:`network_of` returns it; ``None`` for all else."""
    if not address.endswith("/64"):
        return None
    return str(ipaddress.ip_network(address).supernet(new_prefix=48))


def address_of(request: Request) -> str:
    """The client's address; behind proxies the ``X-Forwarded-For`` entry trusted by ``WHICHPATH_PROXIES``."""
    return network_of(request.remote_addr or request.ip)
