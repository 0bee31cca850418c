"""Shared parts of the doubles of providers: a request handler and JSON responses."""

from __future__ import annotations

import json
from http.server import BaseHTTPRequestHandler
from typing import Any, Protocol


class Double(Protocol):
    """The interface for :func:`handler_for`."""

    def post(self, request: BaseHTTPRequestHandler) -> None:
        """Handles a POST request."""

    def get(self, request: BaseHTTPRequestHandler) -> None:
        """Handles a GET request."""


def handler_for(double: Double, version: str = "HTTP/1.0") -> type[BaseHTTPRequestHandler]:
    """A handler class that passes every request to ``double`` and logs nothing."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = version

        def log_message(self, *_args: Any) -> None:
            """Logs nothing."""

        def do_POST(self) -> None:
            double.post(self)

        def do_GET(self) -> None:
            double.get(self)

    return Handler


def body_of(request: BaseHTTPRequestHandler) -> bytes:
    """The body of ``request``."""
    return request.rfile.read(int(request.headers.get("content-length") or 0))


def answer_json(request: BaseHTTPRequestHandler, status: int, value: Any) -> None:
    """Sends ``value`` as JSON. Ignores a closed connection: some tests kill the client."""
    content = json.dumps(value).encode()
    try:
        request.send_response(status)
        request.send_header("content-type", "application/json")
        request.send_header("content-length", str(len(content)))
        request.end_headers()
        request.wfile.write(content)
    except OSError:
        pass
