"""What is served as it is: our pages, and the built widget for pages of other sites."""

from __future__ import annotations

import gzip
import hashlib
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from sanic.request import Request
from sanic.response import HTTPResponse

WIDGET = Path(__file__).resolve().parents[2] / "widget"
#: Address -> file. Nothing else of the folder can be had.
PAGES: Mapping[str, Path] = {"/": WIDGET / "site" / "home.html", "/embed": WIDGET / "site" / "embed.html"}
ASSETS: Mapping[str, Path] = {
    **{name: WIDGET / "dist" / name for name in ("whichpath.js", "socket.js", "whichpath.css")},
    "site.css": WIDGET / "site" / "site.css",
}
_TYPES = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
}
_HOST = re.compile(r"^[a-zA-Z0-9.\-\[\]:]+$")

#: On every answer of this server. Nothing comes from, or goes to, another host; nobody frames the pages.
HEADERS: Mapping[str, str] = {
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    # The Back button must not show a conversation to whoever comes next.
    "Cache-Control": "no-store",
}
#: The widget is made to stand on other sites, and the same for everybody: it may be loaded from there, and kept.
SHARED: Mapping[str, str] = {
    "Access-Control-Allow-Origin": "*",
    "Cross-Origin-Resource-Policy": "cross-origin",
    "Cache-Control": "public, max-age=3600",
    "Vary": "Accept-Encoding",
}


def policy(request: Request, forms: str = "'self'") -> str:
    """The Content-Security-Policy; ``forms``: where forms may lead, redirects included.

    Older Safari does not count web sockets of the own host as 'self'.
    """
    host = request.host or ""
    line = f" ws://{host} wss://{host}" if _HOST.match(host) else ""
    return (
        f"default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'{line}; "
        f"form-action {forms}; base-uri 'none'; frame-ancestors 'none'"
    )


@cache
def _read(path: Path) -> tuple[bytes, bytes, str]:
    """The file, the same packed, and a tag that changes with it."""
    content = path.read_bytes()
    return content, gzip.compress(content, 9, mtime=0), f'"{hashlib.sha256(content).hexdigest()[:20]}"'


def send(request: Request, path: Path, headers: Mapping[str, str] | None = None) -> HTTPResponse:
    """The file at ``path``, packed where the browser can unpack it, nothing where it has it already."""
    content, packed, tag = _read(path)
    sent = {**(headers or {}), "ETag": tag}
    if request.headers.get("if-none-match") == tag:
        return HTTPResponse(status=304, headers=sent)
    if "gzip" in request.headers.get("accept-encoding", ""):
        content, sent["Content-Encoding"] = packed, "gzip"
    return HTTPResponse(content, content_type=_TYPES[path.suffix], headers=sent)
