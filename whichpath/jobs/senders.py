"""How a reminder goes out: through the same clients as the answers, and never twice."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Mapping
from typing import Protocol

from whichpath.providers.faults import Later, Undeliverable
from whichpath.providers.telegram import BotApi, Refused, Unsure
from whichpath.providers.telegram_settings import Off as TelegramOff
from whichpath.providers.telegram_settings import read_telegram
from whichpath.providers.twilio import TwilioApi
from whichpath.providers.twilio_settings import Off as SmsOff
from whichpath.providers.twilio_settings import read_sms


class MaybeSent(Exception):
    """It may be out, and nobody can tell: it must not go out again."""


class Sender(Protocol):
    """One channel."""

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


class SmsSender:
    """Twilio can be asked whether it has a text already, so a text in doubt goes out once, not never."""

    def __init__(self, api: TwilioApi) -> None:
        self.api = api

    async def send(self, address: str, text: str, began: float | None) -> int | None:
        """See :class:`Sender`."""
        await self.api.send(address, text, began)
        return None

    async def close(self) -> None:
        """See :class:`Sender`."""
        await self.api.close()


class TelegramSender:
    """Telegram cannot be asked: a message in doubt is not sent again."""

    def __init__(self, api: BotApi) -> None:
        self.api = api

    async def send(self, address: str, text: str, began: float | None) -> int | None:
        """See :class:`Sender`."""
        if began is not None:
            raise MaybeSent
        try:
            result = await self.api.call_once("sendMessage", chat_id=int(address), text=text)
        except Unsure:
            raise MaybeSent from None
        except Refused as fault:
            if fault.status in (401, 404):
                raise Later(60) from None  # the token is wrong: the operator has to act
            raise Undeliverable from None
        number = result.get("message_id") if isinstance(result, dict) else None
        return number if isinstance(number, int) else None

    async def close(self) -> None:
        """See :class:`Sender`."""
        await self.api.close()


def senders(environment: Mapping[str, str] = os.environ) -> dict[str, Sender]:
    """The channels that are switched on."""
    found: dict[str, Sender] = {}
    with contextlib.suppress(SmsOff):
        found["sms"] = SmsSender(TwilioApi(read_sms(environment)))
    with contextlib.suppress(TelegramOff):
        found["telegram"] = TelegramSender(BotApi(read_telegram(environment)))
    return found
