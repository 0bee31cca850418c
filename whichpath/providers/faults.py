"""Why a message cannot go out. Without Rasa: the reminders go through the same clients as the answers."""

from __future__ import annotations


class Later(Exception):
    """The provider cannot take a message now. ``seconds``: when to try again, ``None`` for our own pace."""

    def __init__(self, seconds: float | None = None) -> None:
        super().__init__("later")
        self.seconds = seconds


class Undeliverable(Exception):
    """The provider will never take this message. ``gone``: nor any other to this person."""

    def __init__(self, gone: bool = False) -> None:
        super().__init__("undeliverable")
        self.gone = gone


class Blocked(Undeliverable):
    """The person has opted out at the provider itself."""


class MaybeSent(Exception):
    """It may be out, and nobody can tell: it must not go out again."""
