"""What all HTTP responses share: limits of size and time, headers, one sentence for an error.

Rasa makes the Sanic server and lets its channels add routes, so each channel's routes are a :class:`Routes`, and the
first of them that is registered hardens the server.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from html import escape
from string import Template
from typing import Any

from sanic import Blueprint, Sanic
from sanic.exceptions import SanicException
from sanic.helpers import STATUS_CODES
from sanic.request import Request
from sanic.response import BaseHTTPResponse, HTTPResponse, html, json

from whichpath import logs
from whichpath.channels.guards import heads, turn
from whichpath.channels.guards.headers import HEADERS, HSTS, policy, with_styles
from whichpath.channels.requests import BODY_LIMIT
from whichpath.settings import ROOT

logger = logging.getLogger(__name__)
#: Seconds for the head of a request, and an idle connection; bytes of a body.
HEAD_SECONDS, IDLE_SECONDS = 10, 30
BODY_BYTES = BODY_LIMIT + 1024
_PAGE = ROOT / "widget" / "site" / "fault.html"


class Routes(Blueprint):
    """The routes of a channel."""

    def register(self, app: Sanic, options: dict[str, Any]) -> Any:
        """Called by Sanic before the server starts."""
        harden(app)
        return super().register(app, options)


def harden(app: Sanic) -> None:
    """Sets up ``app``; the second call changes nothing."""
    if getattr(app.ctx, "hardened", False):
        return
    app.ctx.hardened = True
    app.config.REQUEST_MAX_SIZE = BODY_BYTES
    app.config.REQUEST_TIMEOUT = HEAD_SECONDS
    app.config.KEEP_ALIVE_TIMEOUT = IDLE_SECONDS
    # The body and the answer together; the turn guard has answered long before.
    app.config.RESPONSE_TIMEOUT = int(turn.LIMIT + turn.GRACE + 20)
    app.error_handler.add(Exception, on_fault)
    heads.install(app)
    app.register_middleware(_headers, "response")
    app.register_listener(_one_log, "before_server_start")


async def _one_log(_app: Sanic, _loop: Any) -> None:
    """These loggers have handlers of their own that bypass ours and would log the messages of exceptions."""
    logs.take_over("sanic.root", "sanic.error", "sanic.access", "engineio.server", "socketio.server")


async def _headers(request: Request, answer: object) -> None:
    if not isinstance(answer, BaseHTTPResponse):
        return  # a closed connection: nobody to answer
    for name, value in HEADERS.items():
        answer.headers.setdefault(name, value)
    answer.headers.setdefault("Content-Security-Policy", policy(request))
    if request.scheme in ("https", "wss"):
        answer.headers.setdefault("Strict-Transport-Security", HSTS)


# --- errors ---


def status_of(request: Request, fault: Exception) -> int:
    """The HTTP status that ``fault`` stands for."""
    status = int(getattr(fault, "status_code", None) or 500) if isinstance(fault, SanicException) else 500
    # Sanic reports an unreadable head or a broken handshake as a server error.
    unread = request.method == "NONE" or "upgrade" in request.headers or "WebSocket" in str(fault)
    return 400 if status == 500 and unread else status


async def on_fault(request: Request, fault: Exception) -> HTTPResponse:
    """Any exception that no channel has handled: its type is logged, its message is not."""
    status = status_of(request, fault)
    if status >= 500 and status != 503:
        logger.error("fault: %s", logs.where(fault))
    name = STATUS_CODES.get(status, b"Error").decode()
    return fault_page(request, f"{name}.", status, getattr(fault, "headers", None) or {})


def fault_page(request: Request, sentence: str, status: int, headers: Mapping[str, str]) -> HTTPResponse:
    """A page for a browser that asked for one, else ``{"error": "..."}``."""
    if "text/html" in request.headers.get("accept", ""):
        page, styles = with_styles(_PAGE)
        text = Template(page).safe_substitute(sentence=escape(sentence))
        allowed = {"Content-Security-Policy": policy(request, styles=styles)}
        return html(text, status=status, headers={**headers, **allowed})
    return json({"error": sentence}, status=status, headers=dict(headers))
