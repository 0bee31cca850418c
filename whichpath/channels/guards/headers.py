"""The HTTP headers of every response."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from sanic.request import Request

#: The name of a style sheet in our pages; it is inlined, which saves a round trip before the first paint.
_STYLES = re.compile(r'<link rel="stylesheet" href="(\w+\.css)">')
_HOST = re.compile(r"[a-zA-Z0-9.\-\[\]:]+")
_ORIGIN = re.compile(r"https://[a-zA-Z0-9.\-:]+")

#: On every response. No resource comes from another host, except the logo of an organisation; no framing.
HEADERS: Mapping[str, str] = {
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    # The Back button must not show a conversation to the next user of the device.
    "Cache-Control": "no-store",
}
#: Behind https only: over http browsers ignore it. Not for subdomains, which this server does not control.
HSTS = "max-age=31536000"


def policy(request: Request, forms: str = "'self'", styles: str = "", pictures: str = "") -> str:
    """The Content-Security-Policy. ``forms``: where forms may lead, redirects included; ``styles``: see with_styles().

    ``pictures``: the origin of a logo.

    Older versions of Safari do not count web sockets of the same host as 'self'.
    """
    host = request.host or ""
    line = f" ws://{host} wss://{host}" if _HOST.fullmatch(host) else ""
    inside = f" '{styles}'" if styles else ""
    other = f" {pictures}" if _ORIGIN.fullmatch(pictures) else ""
    return (
        f"default-src 'none'; script-src 'self'; style-src 'self'{inside}; img-src 'self' data:{other}; "
        f"connect-src 'self'{line}; form-action {forms}; base-uri 'none'; frame-ancestors 'none'"
    )


@cache
def with_styles(path: Path) -> tuple[str, str]:
    """The page at ``path`` with its style sheet inside, and the sheet's hash for :func:`policy`."""
    text = path.read_text(encoding="utf-8")
    named = _STYLES.search(text)
    if named is None:
        return text, ""
    sheet = (path.parent / named[1]).read_text(encoding="utf-8")
    digest = base64.b64encode(hashlib.sha256(sheet.encode()).digest()).decode()
    return text.replace(named[0], f"<style>{sheet}</style>"), f"sha256-{digest}"
