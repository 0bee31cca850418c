"""What day it is where the person's court is. A clock of its own, so that tests can move it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from zoneinfo import ZoneInfo

#: Where the state is not known: never more than an hour from midnight in New York, two from Los Angeles.
NO_STATE = "America/Chicago"


def _now() -> dt.datetime:
    return dt.datetime.now(dt.timezone.utc)


class Clock:
    """``zones`` maps states to time zones; ``now`` tells the moment."""

    def __init__(self, zones: Mapping[str, str] | None = None, now: Callable[[], dt.datetime] = _now) -> None:
        self.zones = zones or {}
        self.now = now

    def zone(self, state: str | None) -> str | None:
        """The time zone of ``state``; ``None`` where the state is not known."""
        return self.zones.get(state or "")

    def today(self, state: str | None) -> dt.date:
        """The date there."""
        return self.now().astimezone(ZoneInfo(self.zone(state) or NO_STATE)).date()
