"""Sends a reminder as a text. Imports nothing of Rasa."""

from __future__ import annotations

from collections.abc import Mapping

from whichpath.providers.twilio import TwilioApi
from whichpath.providers.twilio_settings import read_sms


class SmsSender:
    """Twilio can be asked whether it has a text, so after an uncertain attempt a text is sent exactly once."""

    #: Twilio's client raises ``Later`` for uncertain attempts, too.
    later_is_doubtful = True

    def __init__(self, api: TwilioApi) -> None:
        self.api = api

    async def send(self, address: str, text: str, began: float | None) -> int | None:
        """See :class:`whichpath.jobs.senders.Sender`."""
        await self.api.send(address, text, began)
        return None

    async def close(self) -> None:
        """Closes the connections."""
        await self.api.close()


def open_sender(environment: Mapping[str, str]) -> SmsSender:
    """A sender for the account in ``environment``; :class:`~whichpath.registry.Off` where there is none."""
    return SmsSender(TwilioApi(read_sms(environment)))
