"""Links to a calendar file: ``/calendar/20261205-<signature>.ics``. A date and nothing else, no person.

Signed, so that the address serves only dates that we have sent somebody.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import os
import re
from collections.abc import Mapping

from whichpath.settings import read_settings
from whichpath.store.identity import key

_TOKEN = re.compile(r"(\d{8})-([0-9a-f]{16})")


def _sign(purpose: str, text: str) -> str:
    return hmac.new(key(), f"calendar {purpose}\0{text}".encode(), hashlib.sha256).hexdigest()


def token(day: dt.date) -> str:
    """The token of ``day``."""
    text = f"{day:%Y%m%d}"
    return f"{text}-{_sign('link', text)[:16]}"


def day_of(value: str) -> dt.date | None:
    """The day of a token that we issued; ``None`` for any other text."""
    match = _TOKEN.fullmatch(value) if value.isascii() else None
    if match is None or not hmac.compare_digest(_sign("link", match[1])[:16], match[2]):
        return None
    return dt.datetime.strptime(match[1], "%Y%m%d").date()


def uid(day: dt.date) -> str:
    """The entry's id: the same for the same day, so that it is not entered twice; tells nothing."""
    return _sign("uid", day.isoformat())[:32]


def address(day: str, environment: Mapping[str, str] = os.environ) -> str | None:
    """The link for an ISO date; ``None`` where nobody could follow it.

    Without ``WHICHPATH_PUBLIC_URL`` we know our address only while this machine alone uses us.
    """
    settings = read_settings(environment)
    base = (settings.public_url or "").rstrip("/")
    if not base:
        if settings.proxies or settings.origins or settings.host not in ("127.0.0.1", "localhost", "::1"):
            return None
        base = settings.local_url
    return f"{base}/calendar/{token(dt.date.fromisoformat(day))}.ics"
