"""What is served as it is: our pages, and the built widget for pages of other sites."""

from __future__ import annotations

import base64
import gzip
import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from sanic.request import Request
from sanic.response import HTTPResponse

WIDGET = Path(__file__).resolve().parents[2] / "widget"
#: Address -> file. Nothing else of the folder can be had.
PAGES: Mapping[str, Path] = {"/": WIDGET / "site" / "home.html", "/embed": WIDGET / "site" / "embed.html"}
ASSETS: Mapping[str, Path] = {name: WIDGET / "dist" / name for name in ("whichpath.js", "socket.js", "whichpath.css")}
_TYPES = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
}
#: In our pages the name of a style sheet; it travels inside the page, which saves a round trip before anything is seen.
_STYLES = re.compile(r'<link rel="stylesheet" href="(\w+\.css)">')
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
    # After the hour the kept one is used once more, while the browser looks for a newer one.
    "Cache-Control": "public, max-age=3600, stale-while-revalidate=86400",
    "Vary": "Accept-Encoding",
}
#: For an address that names its version.
FOREVER: Mapping[str, str] = {**SHARED, "Cache-Control": "public, max-age=31536000, immutable"}


def policy(request: Request, forms: str = "'self'", styles: str = "") -> str:
    """The Content-Security-Policy. ``forms``: where forms may lead, redirects included; ``styles``: see with_styles().

    Older Safari does not count web sockets of the own host as 'self'.
    """
    host = request.host or ""
    line = f" ws://{host} wss://{host}" if _HOST.match(host) else ""
    inside = f" '{styles}'" if styles else ""
    return (
        f"default-src 'none'; script-src 'self'; style-src 'self'{inside}; img-src 'self' data:; "
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


@dataclass(frozen=True)
class _File:
    """What is sent, in each packing that browsers take, and a tag that changes with it."""

    packings: Mapping[str, bytes]
    tag: str
    styles: str


@cache
def _read(path: Path) -> _File:
    styles = ""
    if path.suffix == ".html":
        text, styles = with_styles(path)
        content = text.encode()
    else:
        content = path.read_bytes()
    packings = {"gzip": gzip.compress(content, 9, mtime=0), "": content}
    # Made by the build: Python has no brotli of its own.
    brotli = path.with_name(f"{path.name}.br")
    if brotli.exists():
        packings = {"br": brotli.read_bytes(), **packings}
    return _File(packings, f'"{hashlib.sha256(content).hexdigest()[:20]}"', styles)


def send(request: Request, path: Path, headers: Mapping[str, str] | None = None) -> HTTPResponse:
    """The file at ``path``, packed as the browser can unpack it, nothing where it has it already."""
    file = _read(path)
    sent = {**(headers or {}), "ETag": file.tag}
    if file.styles:
        sent["Content-Security-Policy"] = policy(request, styles=file.styles)
    if request.headers.get("if-none-match") == file.tag:
        return HTTPResponse(status=304, headers=sent)
    taken = re.findall(r"[a-z]+", request.headers.get("accept-encoding", ""))
    packing = next(name for name in file.packings if not name or name in taken)
    if packing:
        sent["Content-Encoding"] = packing
    return HTTPResponse(file.packings[packing], content_type=_TYPES[path.suffix], headers=sent)
