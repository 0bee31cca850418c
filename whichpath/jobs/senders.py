"""Sending reminders: through the same clients as answers, and never twice."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Mapping
from typing import Protocol

from whichpath.registry import Off, channels, load


class Sender(Protocol):
    """Sends reminders on one channel."""

    #: Whether a message may have been sent although :class:`~whichpath.providers.faults.Later` was raised.
    later_is_doubtful: bool

    async def send(self, address: str, text: str, began: float | None) -> int | None:
        """Sends ``text``; returns the message's number where the channel has to store it.

        ``began``: when an earlier, uncertain attempt was made.

        Raises:
            Later: not now.
            Undeliverable: never.
            MaybeSent: it may have been sent.
        """

    async def close(self) -> None:
        """Closes the connections."""


def senders(environment: Mapping[str, str] = os.environ) -> dict[str, Sender]:
    """The senders of all configured channels that can send reminders."""
    found: dict[str, Sender] = {}
    for channel in channels():
        if channel.sender:
            with contextlib.suppress(Off):
                found[channel.name] = load(channel.sender)(environment)
    return found
