"""The channels: one entry each. Whoever needs to know which channels there are, or what one can do, reads it here.

An entry names code by its path ("package.module.name"), which is imported when it is used: the jobs and the law read
this file too, and import neither Rasa nor a provider by it. How to add one: CONTRIBUTING.md.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from whichpath.settings import Settings


class Off(Exception):
    """The channel is off. The message says why."""


@dataclass(frozen=True)
class Channel:
    """One channel.

    ``name`` stands in addresses, pseudonyms, tables and metrics, ``title`` is for people. The paths:
    ``connector`` the class of Rasa's input channel; ``settings`` reads what the provider needs from an environment and
    raises :class:`Off` (without it the channel is always on); ``sender`` makes from an environment what sends a message
    that nobody waits for (:class:`whichpath.jobs.senders.Sender`; without it there are no reminders); ``words`` load
    the channel's own words, for ``make content``.
    """

    name: str
    title: str
    connector: str
    settings: str | None = None
    sender: str | None = None
    words: tuple[str, ...] = ()
    #: Messages wait in the inbox and are answered behind the acknowledgement.
    queued: bool = False
    #: Answers and reminders go out in their short form.
    short: bool = False
    #: The provider deletes messages that are named to it, so their numbers are remembered.
    deletes: bool = False
    #: Seconds after the last word for which a conversation is kept, where that is less than a day.
    kept: Callable[[Settings], float] | None = None

    def read(self, environment: Mapping[str, str] = os.environ) -> Any:
        """The settings of the provider; ``None`` where it has none.

        Raises:
            Off: the channel is off.
        """
        return load(self.settings)(environment) if self.settings else None


def load(path: str) -> Any:
    """What stands at ``path``: "package.module.name"."""
    module, _, name = path.rpartition(".")
    return getattr(import_module(module), name)


def channels() -> tuple[Channel, ...]:
    """All of them, in a fixed order."""
    return tuple(CHANNELS.values())


def short() -> tuple[str, ...]:
    """The names of those whose answers go out in their short form."""
    return tuple(channel.name for channel in channels() if channel.short)


def queued() -> tuple[str, ...]:
    """The names of those whose messages wait in the inbox."""
    return tuple(channel.name for channel in channels() if channel.queued)


def reminding() -> tuple[str, ...]:
    """The names of those that can write to somebody who is not writing just now."""
    return tuple(channel.name for channel in channels() if channel.sender)


WEB = Channel(
    name="web",
    title="Web",
    connector="whichpath.channels.web.WebInput",
    kept=lambda settings: settings.web_idle_minutes * 60,
)
SMS = Channel(
    name="sms",
    title="SMS",
    connector="whichpath.channels.sms.channel.SmsInput",
    settings="whichpath.providers.twilio_settings.read_sms",
    sender="whichpath.channels.sms.sender.open_sender",
    words=("whichpath.library.wording_sms.load_wording", "whichpath.channels.sms.words.load_commands"),
    queued=True,
    short=True,
)
TELEGRAM = Channel(
    name="telegram",
    title="Telegram",
    connector="whichpath.channels.telegram.channel.TelegramInput",
    settings="whichpath.providers.telegram_settings.read_telegram",
    sender="whichpath.channels.telegram.sender.open_sender",
    words=("whichpath.library.wording_telegram.load_wording",),
    queued=True,
    deletes=True,
)
REST = Channel(name="rest", title="REST", connector="whichpath.channels.rest.RestInput")

CHANNELS: dict[str, Channel] = {channel.name: channel for channel in (WEB, SMS, TELEGRAM, REST)}
