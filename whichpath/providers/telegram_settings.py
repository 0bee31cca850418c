"""The settings of the Telegram channel. Does not import Rasa, because the start command reads them too."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass

from whichpath.registry import Off
from whichpath.settings import Settings, read_settings

_TOKEN = re.compile(r"\d{3,20}:[A-Za-z0-9_-]{20,100}")
_SECRET = re.compile(r"[A-Za-z0-9_-]{16,256}")


@dataclass(frozen=True)
class TelegramSettings:
    """The bot's token, and the secret that Telegram sends with every update."""

    token: str
    secret: str
    api_url: str = Settings().telegram_api_url

    @property
    def bot_id(self) -> str:
        """The public part of the token: update ids count per bot."""
        return self.token.partition(":")[0]


def read_telegram(environment: Mapping[str, str] = os.environ) -> TelegramSettings:
    """The settings in ``environment``.

    Raises:
        Off: something is missing or invalid; names the variable, never its value.
    """
    given = read_settings(environment)
    token, secret = given.telegram_token or "", given.telegram_secret or ""
    missing = [name for name, value in (("TELEGRAM_TOKEN", token), ("TELEGRAM_SECRET", secret)) if not value]
    if missing:
        raise Off(f"not set: {', '.join(missing)}")
    if not _TOKEN.fullmatch(token):
        raise Off("TELEGRAM_TOKEN is no bot token (123456:letters)")
    if not _SECRET.fullmatch(secret):
        raise Off("TELEGRAM_SECRET has to be 16 to 256 of the characters A-Z a-z 0-9 _ -")
    return TelegramSettings(token, secret, given.telegram_api_url.rstrip("/"))
