"""Sends a reminder by Telegram. Imports nothing of Rasa."""

from __future__ import annotations

from collections.abc import Mapping

from whichpath.providers.faults import Later, MaybeSent, Undeliverable
from whichpath.providers.telegram import BotApi, Refused, Unsure
from whichpath.providers.telegram_settings import read_telegram


class TelegramSender:
    """Telegram cannot be asked, so after an uncertain attempt a message is not sent again."""

    later_is_doubtful = False

    def __init__(self, api: BotApi) -> None:
        self.api = api

    async def send(self, address: str, text: str, began: float | None) -> int | None:
        """See :class:`whichpath.jobs.senders.Sender`."""
        if began is not None:
            raise MaybeSent
        try:
            result = await self.api.call_once("sendMessage", chat_id=int(address), text=text)
        except Unsure:
            raise MaybeSent from None
        except Refused as fault:
            if fault.status in (401, 404):
                raise Later(60) from None  # the token is wrong: an operator has to act
            raise Undeliverable from None
        number = result.get("message_id") if isinstance(result, dict) else None
        return number if isinstance(number, int) else None

    async def close(self) -> None:
        """Closes the connections."""
        await self.api.close()


def open_sender(environment: Mapping[str, str]) -> TelegramSender:
    """A sender for the bot in ``environment``; :class:`~whichpath.registry.Off` where there is none."""
    return TelegramSender(BotApi(read_telegram(environment)))
