"""The schema of ``content/states/<CODE>.yml``: name, time zone and links of one jurisdiction."""

from __future__ import annotations

import datetime as dt
from typing import Any, Literal
from urllib.parse import urlsplit, urlunsplit
from zoneinfo import ZoneInfo

from pydantic import BaseModel, Extra, Field, validator

FIELDS = ("court_self_help_url", "legal_aid_url", "bar_referral_url", "womenslaw_url")
KINDS = ("official_or_statute", "womenslaw", "legal_aid_or_library", "bar", "secondary", "code_list")
#: Hosts that are never linked: spam and scraped copies.
_NEVER = ("asbar.org", "pages.dev")
_MIRRORS = ("nocache", "dev", "demo", "new")
_STRICT = {"extra": Extra.forbid, "frozen": True}


def link(address: str | None) -> str | None:
    """``address`` if it may be linked, else ``None``. Mirrors of WomensLaw are replaced by the site itself."""
    parts = urlsplit(address or "")
    host = parts.hostname or ""
    if parts.scheme not in ("http", "https") or any(host == bad or host.endswith(f".{bad}") for bad in _NEVER):
        return None
    if host in ("womenslaw.org", "www.womenslaw.org", *(f"{mirror}.womenslaw.org" for mirror in _MIRRORS)):
        # A query `rate` comes from a visitor's session and is dropped; `id` identifies old pages.
        query = "" if parts.query.startswith("rate=") else parts.query
        return urlunsplit(("https", "www.womenslaw.org", parts.path, query, ""))
    return address


class Fact(BaseModel, **_STRICT):
    """One fact with its source. Shown only if it was ``seen``, has a source, no ``doubt``, and is not expired."""

    value: int | str
    citation: str | None = None
    source: str | None = Field(None, min_length=3)
    source_kind: str | None = None
    confidence: Literal["seen", "memory"]
    note: str | None = None
    doubt: str | None = None
    reviewed: dt.date
    expires: dt.date

    @validator("value")
    def _said(cls, value: int | str) -> int | str:
        if isinstance(value, str) and len(value.strip()) < 3:
            raise ValueError("is empty")
        return value

    @validator("source_kind")
    def _known_kind(cls, value: str | None) -> str | None:
        if value is not None and value not in KINDS:
            raise ValueError(f"'{value}' is none of {', '.join(KINDS)}")
        return value

    @validator("expires")
    def _after_review(cls, value: dt.date, values: dict[str, Any]) -> dt.date:
        if "reviewed" in values and value <= values["reviewed"]:
            raise ValueError("is not after 'reviewed'")
        return value

    def shown(self, today: dt.date) -> bool:
        """Whether it may be shown on ``today``."""
        sourced = self.source is not None and self.source_kind is not None
        return self.confidence == "seen" and sourced and not self.doubt and today <= self.expires


class Pack(BaseModel, extra=Extra.forbid):
    """The fields of ``content/states/<CODE>.yml``. ``withheld``: why a link is not shown."""

    code: str = Field(regex=r"^[A-Z]{2}$")
    name: str = Field(min_length=3)
    kind: Literal["state", "district", "territory"]
    timezone: str
    withheld: dict[str, str] = {}
    links: dict[str, tuple[Fact, ...]]

    @validator("timezone")
    def _known_zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (KeyError, ValueError, OSError):
            raise ValueError(f"'{value}' is not a time zone") from None
        return value

    @validator("withheld", "links")
    def _known_fields(cls, value: dict[str, Any]) -> dict[str, Any]:
        for name in value:
            if name not in FIELDS:
                raise ValueError(f"'{name}' is none of {', '.join(FIELDS)}")
        return value

    def shown(self, field: str, today: dt.date) -> list[Fact]:
        """The facts of ``field`` that may be shown on ``today``."""
        if field in self.withheld:
            return []
        return [f for f in self.links.get(field, ()) if f.shown(today)]
