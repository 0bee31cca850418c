"""The web page at ``/`` and what it talks to, all of one origin.

``GET /``                the page
``GET /chat/page.css``, ``/chat/page.js``
``POST /chat/message``   in: ``{"session": "<id>" | null, "text": "..."}``;
                         out: ``{"session": "<id>", "messages": [...]}``; a missing, forged or old id gets a new one.
``POST /chat/end``       in: ``{"session": "<id>"}``; deletes the conversation. Sent by "Leave this page" too.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from rasa.core.channels.channel import InputChannel
from sanic import Blueprint, Sanic, response
from sanic.request import Request
from sanic.response import HTTPResponse

from channels.guards import turn
from channels.guards.identity import new_session, session_sender
from channels.guards.phrases import load_phrases
from channels.requests import BODY_LIMIT, BadRequest, is_same_origin, json_object

logger = logging.getLogger(__name__)
WIDGET = Path(__file__).resolve().parents[1] / "widget"
_TYPES = {".html": "text/html; charset=utf-8", ".css": "text/css", ".js": "text/javascript"}

#: On every answer of this server. Nothing comes from, or goes to, another host; nobody frames the page.
HEADERS: Mapping[str, str] = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    # The Back button must not show a conversation to whoever comes next.
    "Cache-Control": "no-store",
}


@cache
def _file(name: str) -> bytes:
    return (WIDGET / name).read_bytes()


def _page(name: str) -> HTTPResponse:
    return HTTPResponse(_file(name), content_type=_TYPES[Path(name).suffix])


class WebInput(InputChannel):
    """The web page."""

    def __init__(self) -> None:
        turn.install()

    @classmethod
    def name(cls) -> str:
        """As responses written for one channel call it."""
        return "web"

    def url_prefix(self) -> str:
        """At the root, not below ``/webhooks/``."""
        return "/chat"

    def blueprint(self, on_new_message: turn.Handler) -> Blueprint:
        """The routes, and the page in the place of Rasa's greeting at ``/``."""
        routes = Blueprint("whichpath_web")

        @routes.listener("before_server_start")
        async def set_up(app: Sanic, _loop: Any) -> None:
            app.config.REQUEST_MAX_SIZE = 4 * BODY_LIMIT
            app.register_middleware(_front_page, "request")
            app.register_middleware(_secure, "response")

        @routes.get("/<name:page\\.(?:css|js)>")
        async def asset(_request: Request, name: str) -> HTTPResponse:
            return _page(name)

        @routes.post("/message")
        async def message(request: Request) -> HTTPResponse:
            try:
                body = _body(request)
                if not isinstance(body.get("text"), str):
                    raise BadRequest("'text' is missing.")
            except BadRequest as fault:
                return fault.answer()
            return response.json(await _reply(on_new_message, body["text"], body.get("session")))

        @routes.post("/end")
        async def end(request: Request) -> HTTPResponse:
            try:
                sender = session_sender(_body(request).get("session"))
            except BadRequest as fault:
                return fault.answer()
            if sender is not None:
                await turn.erase(request.app.ctx.agent.tracker_store, sender)
            return response.empty()

        return routes


def _body(request: Request) -> dict[str, Any]:
    if not is_same_origin(request):
        raise BadRequest("This door is for our own page.", 403)
    return json_object(request)


async def _reply(handle: turn.Handler, text: str, session: object) -> dict[str, Any]:
    sender = session_sender(session)
    notes: list[dict[str, Any]] = []
    if sender is None:
        if session:
            notes = [load_phrases().new_session.message()]
        session = new_session()
        sender = session_sender(session)
        assert sender is not None
    return {"session": session, "messages": [*notes, *await turn.reply_to(handle, text, sender, WebInput.name())]}


async def _front_page(request: Request) -> HTTPResponse | None:
    """Rasa puts a greeting of its own at ``/`` and has no way to leave it out."""
    return _page("page.html") if request.path == "/" and request.method == "GET" else None


async def _secure(_request: Request, answer: HTTPResponse) -> None:
    for name, value in HEADERS.items():
        answer.headers.setdefault(name, value)
