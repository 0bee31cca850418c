"""A client of Telegram's Bot API, limited to the methods in use."""

from __future__ import annotations

import asyncio
import logging
from typing import Any

import httpx

from whichpath.providers.faults import Later, Undeliverable
from whichpath.providers.telegram_settings import TelegramSettings

logger = logging.getLogger(__name__)
TIMEOUT = httpx.Timeout(10.0, connect=4.0)
TRIES, PAUSE = 2, 0.4


class Refused(Exception):
    """The Bot API refused the call. ``status`` is its error code; the message is for the operator."""

    def __init__(self, status: int, description: str) -> None:
        super().__init__(description)
        self.status = status


class Unsure(Exception):
    """Uncertain whether the call reached the Bot API: there was no response."""


class BotApi:
    """The API of one bot."""

    def __init__(self, settings: TelegramSettings) -> None:
        self.settings = settings
        self._client: httpx.AsyncClient | None = None
        # httpx logs URLs, and ours contain the token.
        logging.getLogger("httpx").setLevel(logging.WARNING)

    @property
    def client(self) -> httpx.AsyncClient:
        """Created at first use, in the event loop that uses it."""
        if self._client is None:
            self._client = httpx.AsyncClient(
                base_url=f"{self.settings.api_url}/bot{self.settings.token}/", timeout=TIMEOUT
            )
        return self._client

    async def close(self) -> None:
        """Closes the connections."""
        if self._client is not None:
            await self._client.aclose()
            self._client = None

    async def call(self, method: str, **params: Any) -> Any:
        """Calls a method and returns its result.

        Raises:
            Refused: the Bot API says no (400, 401, 404 ...).
            Undeliverable: the person blocked the bot, or is gone.
            Later: it cannot answer now, or asks to wait.
        """
        for attempt in range(TRIES):
            try:
                answer = await self.client.post(method, json=params)
                body = answer.json()
            except (httpx.HTTPError, ValueError):
                body = None
            if isinstance(body, dict) and body.get("ok") is True:
                return body.get("result")
            if isinstance(body, dict) and int(body.get("error_code") or 500) < 500:
                self._judge(body)
            if attempt + 1 < TRIES:
                await asyncio.sleep(PAUSE)
        logger.warning("telegram: the Bot API could not be reached")
        raise Later

    async def call_once(self, method: str, **params: Any) -> Any:
        """As :meth:`call`, for calls that must not be repeated: the Bot API has no idempotency key.

        Raises:
            Refused, Undeliverable, Later: as :meth:`call`; it did not happen.
            Unsure: it may have happened.
        """
        try:
            answer = await self.client.post(method, json=params)
            body = answer.json()
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout):
            raise Later from None
        except (httpx.HTTPError, ValueError):
            raise Unsure from None
        if isinstance(body, dict) and body.get("ok") is True:
            return body.get("result")
        if not isinstance(body, dict) or int(body.get("error_code") or 500) >= 500:
            raise Unsure
        self._judge(body)

    @staticmethod
    def _judge(body: dict[str, Any]) -> None:
        status, description = int(body["error_code"]), str(body.get("description") or "")
        if status == 429:
            wait = (body.get("parameters") or {}).get("retry_after")
            raise Later(float(wait) + 0.1 if isinstance(wait, int | float) else None)
        if status == 403 or (status == 400 and ("chat not found" in description or "deactivated" in description)):
            raise Undeliverable(gone=True)
        raise Refused(status, description)
