"""REST, for tests and for embedding: ``POST /webhooks/rest/webhook``.

In: ``{"sender": "<any id>", "message": "<text>"}``. Out: a list of messages, each
``{"recipient_id", "text", "buttons"?, "custom"?}``; never empty. Whoever knows a sender id can speak in
its conversation, so the door is open to this machine alone unless the operator opens it.
"""

from __future__ import annotations

import os
from typing import Any

from rasa.core.channels.channel import InputChannel
from rasa.shared.exceptions import RasaException
from sanic import Blueprint, response
from sanic.request import Request
from sanic.response import HTTPResponse

from whichpath.channels.guards import turn
from whichpath.channels.guards.limits import PER_ADDRESS, PER_REST_SENDER, address_of
from whichpath.channels.guards.limits_shared import limits
from whichpath.channels.guards.server import Routes
from whichpath.channels.requests import BadRequest, is_local, is_same_origin, json_object
from whichpath.store.identity import pseudonym

ACCESS = ("local", "open", "off")
SENDER_LIMIT = 255


class RestInput(InputChannel):
    """The REST door. ``access``: who may use it, one of :data:`ACCESS`."""

    def __init__(self, access: str = "local") -> None:
        if access not in ACCESS:
            raise RasaException(f"REST access '{access}' is none of {', '.join(ACCESS)}.")
        self.access = access
        self.limits = limits()
        turn.install()

    @classmethod
    def name(cls) -> str:
        """The last part but one of its address."""
        return "rest"

    @classmethod
    def from_credentials(cls, credentials: dict[str, Any] | None) -> RestInput:
        """``access`` from ``credentials.yml``; the variable ``WHICHPATH_REST`` goes before."""
        access = os.environ.get("WHICHPATH_REST") or (credentials or {}).get("access") or "local"
        return cls(str(access))

    def blueprint(self, on_new_message: turn.Handler) -> Blueprint:
        """The routes."""
        routes = Routes("whichpath_rest")

        @routes.get("/")
        async def health(_request: Request) -> HTTPResponse:
            return response.json({"status": "ok"})

        @routes.post("/webhook")
        async def receive(request: Request) -> HTTPResponse:
            try:
                await self._admit(request)
                sender, text = _fields(json_object(request))
                conversation = pseudonym("rest", sender)
                await self.limits.admit(PER_REST_SENDER, conversation)
            except BadRequest as fault:
                return fault.answer()
            messages = await turn.reply_to(on_new_message, text, conversation, self.name())
            return response.json([{"recipient_id": sender, **message} for message in messages])

        return routes

    async def _admit(self, request: Request) -> None:
        if self.access == "off":
            raise BadRequest("REST is switched off.", 404)
        if self.access == "local" and not is_local(request):
            raise BadRequest("REST is open to this machine only.", 403)
        if not is_same_origin(request):
            raise BadRequest("REST takes no requests from pages of other sites.", 403)
        if not is_local(request):
            # A program of this machine speaks for many people; others are held to what one address may send.
            await self.limits.admit(PER_ADDRESS, f"rest {address_of(request)}")


def _fields(body: dict[str, Any]) -> tuple[str, str]:
    """Sender and message. Without a sender all callers would share one conversation."""
    sender, text = body.get("sender"), body.get("message")
    if not isinstance(sender, str) or not sender.strip() or len(sender) > SENDER_LIMIT:
        raise BadRequest(f"'sender' is missing: a text of 1 to {SENDER_LIMIT} characters that names the conversation.")
    if not isinstance(text, str):
        raise BadRequest("'message' is missing: the text that the person wrote.")
    return sender, text
