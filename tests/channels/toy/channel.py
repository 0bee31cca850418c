"""The toy channel: ``POST /webhooks/toy/webhook``."""

from __future__ import annotations

import hmac

from sanic import Sanic, response
from sanic.request import Request
from sanic.response import HTTPResponse

from whichpath.channels.guards import turn
from whichpath.channels.queued import Arrival, QueuedInput
from whichpath.channels.requests import BadRequest, json_object

from .conversation import ToyConversation


class ToyInput(QueuedInput):
    """See :class:`QueuedInput`."""

    @classmethod
    def name(cls) -> str:
        """The channel's name in the registry."""
        return "toy"

    def open(self, handle: turn.Handler, app: list[Sanic]) -> ToyConversation:
        """See :class:`QueuedInput`."""
        return ToyConversation(handle)

    async def receive(self, request: Request, conversation: ToyConversation) -> HTTPResponse:
        """See :class:`QueuedInput`."""
        if not hmac.compare_digest(request.headers.get("x-toy-secret", ""), self.settings.secret):
            raise BadRequest("The secret does not fit.", 403)
        body = json_object(request)
        text = str(body["text"])
        heard = text in ("STOP", "START")
        await self.take(conversation, Arrival(str(body["id"]), str(body["from"]), text, heard=heard, busy=not heard))
        return response.json({"ok": True})
