"""How a reminder goes out: through the same clients as the answers, and never twice."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Mapping
from typing import Protocol

from whichpath.registry import Off, channels, load


class Sender(Protocol):
    """One channel."""

    #: Whether a message may be out although :class:`~whichpath.providers.faults.Later` was raised.
    later_is_doubtful: bool

    async def send(self, address: str, text: str, began: float | None) -> int | None:
        """Sends ``text``; returns the message's number where the channel has to remember it.

        ``began``: since then an earlier attempt may have got through.

        Raises:
            Later: not now.
            Undeliverable: never.
            MaybeSent: it may be out.
        """

    async def close(self) -> None:
        """Closes the connections."""


def senders(environment: Mapping[str, str] = os.environ) -> dict[str, Sender]:
    """The channels that are switched on and can send a reminder."""
    found: dict[str, Sender] = {}
    for channel in channels():
        if channel.sender:
            with contextlib.suppress(Off):
                found[channel.name] = load(channel.sender)(environment)
    return found
