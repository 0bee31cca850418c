"""Links to a calendar file: ``/calendar/20261205-<signature>.ics``; in a text message ``/c/<day><signature>``.

A link holds a date and no person. It is signed, so that only dates that were sent to somebody are served.
"""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import hmac
import os
import re
from collections.abc import Mapping

from whichpath.settings import read_settings
from whichpath.store.identity import key

_TOKEN = re.compile(r"(\d{8})-([0-9a-f]{16})")
#: Days since :data:`_FIRST` in three digits of 36, and 40 bits of a signature: a text message has little room.
_SHORT = re.compile(r"([0-9a-z]{3})([a-z2-7]{8})")
_FIRST = dt.date(2020, 1, 1)
_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"


def _sign(purpose: str, text: str) -> str:
    return hmac.new(key(), f"calendar {purpose}\0{text}".encode(), hashlib.sha256).hexdigest()


def token(day: dt.date) -> str:
    """The token of ``day``."""
    text = f"{day:%Y%m%d}"
    return f"{text}-{_sign('link', text)[:16]}"


def day_of(value: str) -> dt.date | None:
    """The day of a valid token; ``None`` for any other text."""
    match = _TOKEN.fullmatch(value) if value.isascii() else None
    if match is None or not hmac.compare_digest(_sign("link", match[1])[:16], match[2]):
        return None
    return dt.datetime.strptime(match[1], "%Y%m%d").date()


def short_token(day: dt.date) -> str:
    """The token of ``day`` in a text message: 11 letters and digits."""
    number = (day - _FIRST).days
    text = "".join(_DIGITS[number // 36**place % 36] for place in (2, 1, 0))
    return text + _short_sign(text)


def _short_sign(text: str) -> str:
    return base64.b32encode(bytes.fromhex(_sign("short", text)[:10])).decode().lower()


def day_of_short(value: str) -> dt.date | None:
    """The day of a short token that we issued; ``None`` for any other text."""
    match = _SHORT.fullmatch(value) if value.isascii() else None
    if match is None or not hmac.compare_digest(_short_sign(match[1]), match[2]):
        return None
    return _FIRST + dt.timedelta(days=int(match[1], 36))


def uid(day: dt.date) -> str:
    """The entry's UID: constant for a day, so that it is not imported twice; without meaning."""
    return _sign("uid", day.isoformat())[:32]


def address(day: str, environment: Mapping[str, str] = os.environ) -> str | None:
    """The link for an ISO date; ``None`` where nobody could open it."""
    base = _base(environment)
    return f"{base}/calendar/{token(dt.date.fromisoformat(day))}.ics" if base else None


def short_address(day: str, environment: Mapping[str, str] = os.environ) -> str | None:
    """The link for a text message."""
    base = _base(environment)
    return f"{base}/c/{short_token(dt.date.fromisoformat(day))}" if base else None


def _base(environment: Mapping[str, str]) -> str | None:
    """The base URL. Without ``WHICHPATH_PUBLIC_URL`` it is known only while the server listens on loopback."""
    settings = read_settings(environment)
    base = (settings.public_url or "").rstrip("/")
    if not base:
        if settings.proxies or settings.origins or settings.host not in ("127.0.0.1", "localhost", "::1"):
            return None
        base = settings.local_url
    return base
