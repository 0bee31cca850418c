"""Sending texts through Twilio's REST API.

Twilio has no idempotency key for messages. After an uncertain attempt, the list of messages is queried before the text
is posted again.
"""

from __future__ import annotations

import asyncio
import logging
import time
from email.utils import parsedate_to_datetime

import httpx

from whichpath.providers.faults import Blocked, Later, Undeliverable
from whichpath.providers.twilio_settings import SmsSettings

logger = logging.getLogger(__name__)
TIMEOUT = httpx.Timeout(10.0, connect=4.0)
#: Attempts within one delivery; then the outbox waits longer.
TRIES, PAUSE = 2, 0.4
#: Twilio's clock and ours may differ by this much.
CLOCK = 30.0
#: Twilio's error codes: opted out; the number cannot receive texts; the number is invalid.
BLOCKED, UNREACHABLE = frozenset({21610}), frozenset({21211, 21214, 21217, 21408, 21612, 21614, 21635})
#: Errors before the request reached Twilio: nothing was sent.
_NOT_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)


class TwilioApi:
    """One account and one sender."""

    def __init__(self, settings: SmsSettings) -> None:
        self.settings = settings
        self._path = f"/2010-04-01/Accounts/{settings.account_sid}/Messages.json"
        self._client: httpx.AsyncClient | None = None

    @property
    def client(self) -> httpx.AsyncClient:
        """Created at first use, in the event loop that uses it."""
        if self._client is None:
            auth = (self.settings.account_sid, self.settings.auth_token)
            self._client = httpx.AsyncClient(base_url=self.settings.api_url, auth=auth, timeout=TIMEOUT)
        return self._client

    async def close(self) -> None:
        """Closes the connections."""
        if self._client is not None:
            await self._client.aclose()
            self._client = None

    async def send(self, phone: str, body: str, began: float | None) -> None:
        """Sends ``body`` once. ``began``: when an earlier, uncertain attempt was made.

        Raises:
            Later: Twilio cannot take it now.
            Undeliverable: it never will.
        """
        for attempt in range(TRIES):
            if began is not None and await self._is_out(phone, body, began):
                return
            now = time.time()
            try:
                answer = await self.client.post(self._path, data=self._form(phone, body))
            except _NOT_SENT:
                began = None
            except httpx.HTTPError:
                began = began or now
            else:
                if answer.is_success:
                    return
                began = self._judge(answer, began, now)
            if attempt + 1 < TRIES:
                await asyncio.sleep(PAUSE)
        logger.warning("sms: Twilio could not be reached")
        raise Later

    def _form(self, phone: str, body: str) -> dict[str, str]:
        kind = "MessagingServiceSid" if self.settings.sender.startswith("MG") else "From"
        return {"To": phone, kind: self.settings.sender, "Body": body}

    @staticmethod
    def _judge(answer: httpx.Response, began: float | None, now: float) -> float | None:
        """Interprets an error response: raises, or returns when the text may have been sent."""
        if answer.status_code == 429:
            wait = answer.headers.get("retry-after", "")
            raise Later(float(wait) if wait.isdigit() else None)
        if answer.status_code >= 500:
            return began or now
        code = _code(answer)
        if code in BLOCKED:
            raise Blocked(gone=True)
        if code in UNREACHABLE:
            raise Undeliverable(gone=True)
        if answer.status_code in (401, 403, 404):
            logger.error("sms: Twilio refuses our credentials or sender: status %d", answer.status_code)
            raise Later(60)
        logger.error("sms: Twilio refuses a text: status %d, code %s", answer.status_code, code)
        raise Undeliverable

    async def _is_out(self, phone: str, body: str, began: float) -> bool:
        """Whether Twilio has accepted this text since ``began``.

        Raises:
            Later: Twilio does not answer.
        """
        try:
            answer = await self.client.get(self._path, params={"To": phone, "PageSize": 20})
        except httpx.HTTPError:
            raise Later from None
        if not answer.is_success:
            raise Later
        try:
            rows = answer.json().get("messages") or []
        except ValueError:
            raise Later from None
        return any(
            # Texts of a trial account begin with a line added by Twilio.
            row.get("to") == phone and str(row.get("body") or "").endswith(body) and _made(row) >= began - CLOCK
            for row in rows
        )


def _code(answer: httpx.Response) -> int | None:
    try:
        code = answer.json().get("code")
    except (ValueError, AttributeError):
        return None
    return code if isinstance(code, int) else None


def _made(row: dict[str, object]) -> float:
    try:
        return parsedate_to_datetime(str(row.get("date_created"))).timestamp()
    except (TypeError, ValueError):
        return 0.0
