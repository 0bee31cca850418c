"""What our HTTP endpoints share: access checks, and safe parsing of JSON bodies."""

from __future__ import annotations

import hmac
import ipaddress
import json
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from sanic import response
from sanic.request import Request
from sanic.response import HTTPResponse

#: Bytes of a body that are read. A message is cut at 1,000 characters, so this is generous.
BODY_LIMIT = 256 * 1024
#: What proxies, load balancers and tunnels add. A request with one of them was not sent directly from this machine.
_PROXY_HEADER = re.compile(
    r"via|forwarded|x-forwarded(-.*)?|(.*-)?(client|real|connecting|original|[a-z]*user)-ip|cf-.*|cdn-.*|x-(envoy|amzn|amz|azure|arr"
    r"|appengine|cloud|google|original|proxy|scheme|host|cluster|sucuri|varnish|akamai|vercel|nginx|traefik|ngrok|railway)"
    r"(-.*)?|fastly-.*|fly-.*|proxy-.*|true-client-.*|x-remote-.*|x-client-.*|client-address|max-forwards"
)
_LOCAL_NAMES = frozenset({"127.0.0.1", "localhost", "[::1]", ""})
_PORT = re.compile(r":\d+$")
#: Lone surrogates: JavaScript can cut between the halves of a pair, and JSON allows it.
_SURROGATE = re.compile("[\ud800-\udfff]")


class BadRequest(Exception):
    """The request is refused. ``status`` is the HTTP status, the message a sentence for the caller."""

    def __init__(self, message: str, status: int = 400, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.headers = dict(headers or {})

    def answer(self) -> HTTPResponse:
        """As JSON: ``{"error": "..."}``."""
        return response.json({"error": str(self)}, status=self.status, headers=self.headers)


def is_local(request: Request) -> bool:
    """Whether the caller is on this machine and no proxy stands between.

    The ``Host`` header counts too: a foreign page rebound to 127.0.0.1 (DNS rebinding) still sends its own name.
    """
    if request.app.config.PROXIES_COUNT or any(_PROXY_HEADER.fullmatch(name.lower()) for name in request.headers):
        return False
    if _PORT.sub("", request.host or "") not in _LOCAL_NAMES:
        return False
    try:
        address = ipaddress.ip_address(request.ip)
    except ValueError:
        return False
    mapped = getattr(address, "ipv4_mapped", None)
    return bool((mapped or address).is_loopback)


def has_token(request: Request, token: str | None) -> bool:
    """Whether ``request`` shows ``token`` as ``Authorization: Bearer``; never where no token is set."""
    kind, _, given = (request.headers.get("authorization") or "").partition(" ")
    # Sanic keeps undecodable bytes as lone surrogates.
    same = hmac.compare_digest(given.strip().encode(errors="surrogateescape"), (token or "").encode())
    return bool(token) and kind.lower() == "bearer" and same


def is_same_origin(request: Request) -> bool:
    """Whether it comes from one of our own pages (or not from a browser)."""
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
        if b"\\u" in body:
            value = json.loads(whole(json.dumps(value, ensure_ascii=False)))
    except (ValueError, RecursionError):
        raise BadRequest("The body is not JSON.") from None
    if not isinstance(value, dict):
        raise BadRequest("The body has to be a JSON object.")
    return value


def whole(text: str) -> str:
    """``text`` with a mark in place of each lone surrogate, which cannot be sent or stored."""
    return _SURROGATE.sub("\ufffd", text)
