"""The date at the person's court. A class of its own, so that tests can set the time."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from zoneinfo import ZoneInfo

#: The time zone for an unknown state: never more than an hour from midnight in New York, two from Los Angeles.
NO_STATE = "America/Chicago"


def _now() -> dt.datetime:
    return dt.datetime.now(dt.timezone.utc)


class Clock:
    """``zones`` maps states to time zones; ``now`` returns the current time."""

    def __init__(self, zones: Mapping[str, str] | None = None, now: Callable[[], dt.datetime] = _now) -> None:
        self.zones = zones or {}
        self.now = now

    def zone(self, state: str | None) -> str | None:
        """The time zone of ``state``; ``None`` where the state is not known."""
        return self.zones.get(state or "")

    def today(self, state: str | None) -> dt.date:
        """The date in that zone."""
        return self.now().astimezone(ZoneInfo(self.zone(state) or NO_STATE)).date()
