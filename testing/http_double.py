"""What the doubles of providers share: a handler that hands requests on, and an answer in JSON."""

from __future__ import annotations

import json
from http.server import BaseHTTPRequestHandler
from typing import Any, Protocol


class Double(Protocol):
    """Takes the requests of :func:`handler_for`."""

    def post(self, request: BaseHTTPRequestHandler) -> None:
        """A POST."""

    def get(self, request: BaseHTTPRequestHandler) -> None:
        """A GET."""


def handler_for(double: Double, version: str = "HTTP/1.0") -> type[BaseHTTPRequestHandler]:
    """A silent handler that hands every request to ``double``."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = version

        def log_message(self, *_args: Any) -> None:
            """Silent."""

        def do_POST(self) -> None:
            double.post(self)

        def do_GET(self) -> None:
            double.get(self)

    return Handler


def body_of(request: BaseHTTPRequestHandler) -> bytes:
    """The body of ``request``."""
    return request.rfile.read(int(request.headers.get("content-length") or 0))


def answer_json(request: BaseHTTPRequestHandler, status: int, value: Any) -> None:
    """Answers with ``value``. The caller may have been killed meanwhile: some tests do that."""
    content = json.dumps(value).encode()
    try:
        request.send_response(status)
        request.send_header("content-type", "application/json")
        request.send_header("content-length", str(len(content)))
        request.end_headers()
        request.wfile.write(content)
    except OSError:
        pass
