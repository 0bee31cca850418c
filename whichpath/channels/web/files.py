"""Static files: our pages, and the built widget."""

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
#: Address -> file. No other file of the folder is served.
PAGES: Mapping[str, Path] = {"/": WIDGET / "site" / "home.html", "/embed": WIDGET / "site" / "embed.html"}
ASSETS: Mapping[str, Path] = {
    name: WIDGET / "dist" / name for name in ("whichpath.js", "later.js", "es.js", "whichpath.css")
}
_TYPES = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
}
#: The widget is embedded by other sites and the same for everybody: cross-origin loading and caching are allowed.
SHARED: Mapping[str, str] = {
    "Access-Control-Allow-Origin": "*",
    "Cross-Origin-Resource-Policy": "cross-origin",
    # After the hour the cached file is used once more while the browser revalidates it.
    "Cache-Control": "public, max-age=3600, stale-while-revalidate=86400",
    "Vary": "Accept-Encoding",
}
#: For a URL with a version.
FOREVER: Mapping[str, str] = {**SHARED, "Cache-Control": "public, max-age=31536000, immutable"}


@dataclass(frozen=True)
class _File:
    """A file in each content encoding, with its ETag."""

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
    # Compressed by the build: Python has no brotli.
    brotli = path.with_name(f"{path.name}.br")
    if brotli.exists():
        packings = {"br": brotli.read_bytes(), **packings}
    return _File(packings, f'"{hashlib.sha256(content).hexdigest()[:20]}"', styles)


def send(
    request: Request, path: Path, headers: Mapping[str, str] | None = None, question: str | None = None
) -> HTTPResponse:
    """The file at ``path``, in an encoding that the browser accepts; 304 where it has the file.

    ``question`` replaces ``$question``.
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
