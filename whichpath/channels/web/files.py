"""What is served as it is: our pages, and the built widget for pages of other sites."""

from __future__ import annotations

import gzip
import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from sanic.request import Request
from sanic.response import HTTPResponse

from whichpath.channels.guards.headers import policy, with_styles
from whichpath.library.organisation import load_organisation_texts
from whichpath.settings import ROOT

WIDGET = ROOT / "widget"
#: Address -> file. Nothing else of the folder can be had.
PAGES: Mapping[str, Path] = {"/": WIDGET / "site" / "home.html", "/embed": WIDGET / "site" / "embed.html"}
ASSETS: Mapping[str, Path] = {
    name: WIDGET / "dist" / name for name in ("whichpath.js", "later.js", "es.js", "whichpath.css")
}
_TYPES = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
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


def send(
    request: Request, path: Path, headers: Mapping[str, str] | None = None, question: str | None = None
) -> HTTPResponse:
    """The file at ``path``, packed as the browser can unpack it, nothing where it has it already.

    ``question``: put in the place of ``$question``; such a page is another one each time.
    """
    file = _read(path)
    sent = dict(headers or {})
    if file.styles:
        sent["Content-Security-Policy"] = policy(
            request, styles=file.styles, pictures=load_organisation_texts().pictures
        )
    if question:
        content = file.packings[""].replace(b"$question", question.encode())
        if "gzip" in request.headers.get("accept-encoding", ""):
            content, sent["Content-Encoding"] = gzip.compress(content, 6), "gzip"
        return HTTPResponse(content, content_type=_TYPES[path.suffix], headers=sent)
    sent["ETag"] = file.tag
    if request.headers.get("if-none-match") == file.tag:
        return HTTPResponse(status=304, headers=sent)
    taken = re.findall(r"[a-z]+", request.headers.get("accept-encoding", ""))
    packing = next(name for name in file.packings if not name or name in taken)
    if packing:
        sent["Content-Encoding"] = packing
    return HTTPResponse(file.packings[packing], content_type=_TYPES[path.suffix], headers=sent)
