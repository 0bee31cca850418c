"""Rejects requests with an ambiguous head before Sanic parses them; used by both servers.

Sanic 21.12 accepts any integer that Python accepts as a length (``-1``, ``+31``, ``3_1``), the first of two lengths,
and a length beside a transfer encoding. A length of -1 stops the whole server; the others allow request smuggling
behind a proxy that reads them differently (RFC 9112, sections 6 and 11.2).
"""

from __future__ import annotations

import re

from sanic import Sanic
from sanic.exceptions import InvalidUsage
from sanic.http import Http, Stage
from sanic.server import HttpProtocol

from whichpath.patched import written_for

#: A method, one address and the version, one space between each.
_REQUEST_LINE = re.compile(rb"[!#$%&'*+.^_`|~0-9A-Za-z-]{1,24} [!-~\x80-\xff]+ HTTP/1\.[01]")
_NAME = re.compile(rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
#: The characters allowed in a value: no line end, no NUL, no other control character than the tab.
_VALUE = re.compile(rb"[\t -~\x80-\xff]*")
_LENGTH = re.compile(rb"[0-9]{1,12}")
_HOST = re.compile(rb"(?:[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])?(?::[0-9]{0,5})?")
#: Headers that may occur once only: parsers disagree on which of several counts.
_ONCE = (b"host", b"content-length", b"transfer-encoding", b"content-type", b"authorization", b"origin")


def fault_of(head: bytes) -> str | None:
    """What is wrong with the head of a request (without its empty line); ``None`` where nothing is."""
    line, *rows = head.split(b"\r\n")
    if not _REQUEST_LINE.fullmatch(line):
        return "request line"
    found: dict[bytes, bytes] = {}
    for row in rows:
        name, colon, value = row.partition(b":")
        name = name.lower()
        if not colon or not _NAME.fullmatch(name) or not _VALUE.fullmatch(value):
            return "header"
        if name in found and name in _ONCE:
            return "a header twice"
        found[name] = value.strip(b" \t")
    return _fault_of_values(found)


def _fault_of_values(found: dict[bytes, bytes]) -> str | None:
    # Chunked bodies are refused: browsers, Twilio, Telegram and Rasa all send a length, and Sanic parses chunk lengths
    # as loosely as Content-Length.
    if b"transfer-encoding" in found:
        return "transfer encoding"
    length = found.get(b"content-length")
    if length is not None and not _LENGTH.fullmatch(length):
        return "content length"
    return "host" if not _HOST.fullmatch(found.get(b"host", b"")) else None


async def _check(head: bytes) -> None:
    if fault_of(head):
        # Sanic answers 400 and closes the connection: what follows is never parsed as another request.
        raise InvalidUsage("Bad Request")


def install(app: Sanic) -> None:
    """Installs the check in ``app``; call it before the server starts."""
    written_for("sanic")
    app.add_signal(_check, "http.lifecycle.read_head")
    HttpProtocol.data_received = _data_received  # type: ignore[method-assign]
    Http.create_empty_request = _create_empty_request  # type: ignore[method-assign]


# --- patches of Sanic ---

_original_data_received = HttpProtocol.data_received
_original_create_empty_request = Http.create_empty_request


def _data_received(self: HttpProtocol, data: bytes) -> None:
    """Sanic restarts its time-out with every byte, so a client that sends one byte now and then never times out."""
    http = getattr(self, "_http", None)
    began = self._time if http is not None and http.stage is not Stage.IDLE else None
    _original_data_received(self, data)
    if began is not None:
        self._time = began


def _create_empty_request(self: Http) -> None:
    """Sanic builds the substitute for an unreadable request from the URL that it could not parse, and fails again."""
    self.url = None
    _original_create_empty_request(self)
