"""REST, for tests and for embedding: ``POST /webhooks/rest/webhook``.

In: ``{"sender": "<any id>", "message": "<text>"}``. Out: a list of messages, each ``{"recipient_id", "text",
"buttons"?, "custom"?}``; never empty. A sender id gives access to its conversation, so only this machine may call,
unless the operator opens it (``WHICHPATH_REST=open``) to callers with the bearer token ``WHICHPATH_REST_TOKEN``.
"""

from __future__ import annotations

import logging
from typing import Any

from rasa.core.channels.channel import InputChannel
from rasa.shared.exceptions import RasaException
from sanic import Blueprint, response
from sanic.request import Request
from sanic.response import HTTPResponse

from whichpath.channels.guards import danger, turn
from whichpath.channels.guards.limits import PER_ADDRESS, PER_REST_SENDER, address_of
from whichpath.channels.guards.limits_shared import limits
from whichpath.channels.guards.server import Routes
from whichpath.channels.output import Message
from whichpath.channels.requests import BadRequest, has_token, is_local, is_same_origin, json_object
from whichpath.settings import read_settings
from whichpath.store.identity import pseudonym

ACCESS = ("local", "open", "off")
SENDER_LIMIT = 255
logger = logging.getLogger(__name__)


class RestInput(InputChannel):
    """The REST channel. ``access``: who may use it, one of :data:`ACCESS`."""

    def __init__(self, access: str = "local") -> None:
        if access not in ACCESS:
            raise RasaException(f"REST access '{access}' is none of {', '.join(ACCESS)}.")
        self.access = access
        self.token = read_settings().rest_token
        if access == "open" and self.token is None:
            logger.warning("REST is open to this machine only: WHICHPATH_REST_TOKEN is not set")
        self.limits = limits()
        turn.install()

    @classmethod
    def name(cls) -> str:
        """The last but one part of its URL."""
        return "rest"

    @classmethod
    def from_credentials(cls, credentials: dict[str, Any] | None) -> RestInput:
        """``access`` from ``credentials.yml``; the variable ``WHICHPATH_REST`` has priority."""
        access = read_settings().rest or (credentials or {}).get("access") or "local"
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
                self._admit(request)
                sender, text = _fields(json_object(request))
                messages = await self._answer(request, on_new_message, sender, text)
            except BadRequest as fault:
                return fault.answer()
            return response.json([{"recipient_id": sender, **message} for message in messages])

        return routes

    def _admit(self, request: Request) -> None:
        if self.access == "off":
            raise BadRequest("REST is switched off.", 404)
        if not is_local(request) and not (self.access == "open" and has_token(request, self.token)):
            raise BadRequest("REST is open to this machine only, or with the token.", 403)
        if not is_same_origin(request):
            raise BadRequest("REST takes no requests from pages of other sites.", 403)

    async def _answer(self, request: Request, handle: turn.Handler, sender: str, text: str) -> list[Message]:
        """The answer to ``text``; messages of danger are exempt from limits."""
        conversation = pseudonym("rest", sender)
        try:
            if not is_local(request):
                # A local program may act for many people; others are limited by address.
                await self.limits.admit_at(PER_ADDRESS, address_of(request), "rest")
            await self.limits.admit(PER_REST_SENDER, conversation)
        except BadRequest:
            urgent = danger.help_for(text)
            if urgent is None:
                raise
            return [urgent]
        return await turn.reply_to(handle, text, conversation, self.name())


def _fields(body: dict[str, Any]) -> tuple[str, str]:
    """Sender and message. Without a sender all callers would share one conversation."""
    sender, text = body.get("sender"), body.get("message")
    if not isinstance(sender, str) or not sender.strip() or len(sender) > SENDER_LIMIT:
        raise BadRequest(f"'sender' is missing: a text of 1 to {SENDER_LIMIT} characters that names the conversation.")
    if not isinstance(text, str):
        raise BadRequest("'message' is missing: the text that the person wrote.")
    return sender, text
