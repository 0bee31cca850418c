"""How much one person, and one address, may send: token buckets in memory, no message and no address in any log."""

from __future__ import annotations

import ipaddress
import time
from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass, field

#: Buckets kept at most; the ones unused longest go first.
KEPT = 20_000


@dataclass(frozen=True)
class Rate:
    """``burst`` at once, then ``per_second``."""

    burst: float
    per_second: float


#: A person who is upset sends short lines quickly; nobody types ten messages in a second.
PER_SESSION = Rate(burst=10, per_second=0.5)
#: A shelter, a library or a court house is many people behind one address.
PER_ADDRESS = Rate(burst=60, per_second=4)
#: New connections and new sessions of an address.
CONNECTS = Rate(burst=60, per_second=2)


@dataclass
class Bucket:
    """Lets through what its rate allows."""

    rate: Rate
    level: float = field(init=False)
    at: float = field(default_factory=time.monotonic)

    def __post_init__(self) -> None:
        self.level = self.rate.burst

    def take(self, now: float | None = None) -> bool:
        """Whether one more may pass."""
        now = time.monotonic() if now is None else now
        self.level = min(self.rate.burst, self.level + (now - self.at) * self.rate.per_second)
        self.at = now
        if self.level < 1:
            return False
        self.level -= 1
        return True


class Buckets:
    """A bucket for each key, of one rate."""

    def __init__(self, rate: Rate) -> None:
        self.rate = rate
        self._buckets: OrderedDict[Hashable, Bucket] = OrderedDict()

    def take(self, key: Hashable) -> bool:
        """Whether one more may pass for ``key``."""
        bucket = self._buckets.get(key)
        if bucket is None:
            bucket = self._buckets[key] = Bucket(self.rate)
            if len(self._buckets) > KEPT:
                self._buckets.popitem(last=False)
        self._buckets.move_to_end(key)
        return bucket.take()


def network_of(address: str) -> str:
    """What counts as one address: of IPv6 the /64, which one household or phone has to itself."""
    try:
        parsed = ipaddress.ip_address(address.strip("[]"))
    except ValueError:
        return address
    mapped = getattr(parsed, "ipv4_mapped", None)
    if mapped is not None:
        return str(mapped)
    return str(ipaddress.ip_network(f"{parsed}/64", strict=False)) if parsed.version == 6 else str(parsed)
