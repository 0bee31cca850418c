"""The provider of the toy channel: settings, client, and the reminder sender. Does not import Rasa."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from whichpath.providers.faults import Later
from whichpath.registry import Off


@dataclass(frozen=True)
class ToySettings:
    """The secret that the provider sends with each post."""

    secret: str


def read_toy(environment: Mapping[str, str]) -> ToySettings:
    """The settings in ``environment``; :class:`Off` where there are none."""
    if not environment.get("TOY_SECRET"):
        raise Off("not set: TOY_SECRET")
    return ToySettings(environment["TOY_SECRET"])


@dataclass
class Provider:
    """The sent messages as (address, text); ``away``: number of further sends that fail."""

    sent: list[tuple[str, str]] = field(default_factory=list)
    away: int = 0


PROVIDER = Provider()


class ToyApi:
    """The client, also used for reminders."""

    later_is_doubtful = False

    async def send(self, address: str, text: str, began: float | None = None) -> int | None:
        """Sends ``text``; returns its number."""
        if PROVIDER.away:
            PROVIDER.away -= 1
            raise Later(0.0)
        PROVIDER.sent.append((address, text))
        return len(PROVIDER.sent)

    async def close(self) -> None:
        """Nothing to close."""


def open_sender(environment: Mapping[str, str]) -> ToyApi:
    """The reminder sender if the channel is enabled, else ``None``."""
    read_toy(environment)
    return ToyApi()
