"""Errors of delivery. Without Rasa, because the reminder job uses the same clients as the channels."""

from __future__ import annotations


class Later(Exception):
    """A temporary failure. ``seconds``: when to retry, ``None`` for our own back-off."""

    def __init__(self, seconds: float | None = None) -> None:
        super().__init__("later")
        self.seconds = seconds


class Undeliverable(Exception):
    """A permanent failure of this message. ``gone``: of any message to this person."""

    def __init__(self, gone: bool = False) -> None:
        super().__init__("undeliverable")
        self.gone = gone


class Blocked(Undeliverable):
    """The person has opted out at the provider itself."""


class MaybeSent(Exception):
    """Uncertain whether it was delivered, so it must not be sent again."""
