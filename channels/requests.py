"""What our HTTP doors share: who may knock, and reading a JSON body without trusting it."""

from __future__ import annotations

import ipaddress
import json
from typing import Any
from urllib.parse import urlsplit

from sanic import response
from sanic.request import Request
from sanic.response import HTTPResponse

#: Bytes of a body that are read. A message is cut at 1,000 characters, so this is generous.
BODY_LIMIT = 256 * 1024
_PROXY_HEADERS = ("forwarded", "x-forwarded-for", "x-real-ip")


class BadRequest(Exception):
    """The request cannot be answered. ``status`` is the HTTP status, the message a sentence for the caller."""

    def __init__(self, message: str, status: int = 400) -> None:
        super().__init__(message)
        self.status = status

    def answer(self) -> HTTPResponse:
        """As JSON: ``{"error": "..."}``."""
        return response.json({"error": str(self)}, status=self.status)


def is_local(request: Request) -> bool:
    """Whether the caller is on this machine and no proxy stands between."""
    if any(name in request.headers for name in _PROXY_HEADERS):
        return False
    try:
        address = ipaddress.ip_address(request.ip)
    except ValueError:
        return False
    mapped = getattr(address, "ipv4_mapped", None)
    return bool((mapped or address).is_loopback)


def is_same_origin(request: Request) -> bool:
    """Whether a browser sent it from one of our own pages (or it is no browser's at all)."""
    origin = request.headers.get("origin")
    return origin is None or urlsplit(origin).netloc.lower() == (request.host or "").lower()


def json_object(request: Request) -> dict[str, Any]:
    """The body as a JSON object.

    Raises:
        BadRequest: it is too large, not JSON, or no object.
    """
    body = request.body or b""
    if len(body) > BODY_LIMIT:
        raise BadRequest(f"The body is larger than {BODY_LIMIT // 1024} KB.", 413)
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        raise BadRequest("The body is not JSON.") from None
    if not isinstance(value, dict):
        raise BadRequest("The body has to be a JSON object.")
    return value
