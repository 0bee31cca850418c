"""SMS through Twilio: ``POST /webhooks/sms/webhook``. Set-up: ``docs/sms.md``.

Twilio waits 15 seconds at most, so a text is checked, stored and acknowledged with an empty response; the turn runs
afterwards, and its answer is sent through Twilio's REST API.
"""

from __future__ import annotations

from typing import Any

from sanic import Sanic
from sanic.request import Request
from sanic.response import HTTPResponse
from twilio.twiml.messaging_response import MessagingResponse

from whichpath.channels.guards import turn
from whichpath.channels.guards.counts import IGNORED
from whichpath.channels.queued import Arrival, NotWritten, QueuedInput
from whichpath.channels.signals import is_reaction
from whichpath.channels.sms.conversation import SmsConversation
from whichpath.channels.sms.pieces import pieces_of
from whichpath.channels.sms.webhook import Gate, Incoming, read_form
from whichpath.library.phrases import load_phrases

_EMPTY = '<?xml version="1.0" encoding="UTF-8"?><Response></Response>'


def _say(text: str) -> HTTPResponse:
    """A response (TwiML) that Twilio sends as a text."""
    answer = MessagingResponse()
    answer.message(text)
    return HTTPResponse(str(answer), content_type="text/xml")


class SmsInput(QueuedInput):
    """The SMS channel; off where ``settings`` are missing."""

    @classmethod
    def name(cls) -> str:
        """The last but one part of its URL."""
        return "sms"

    def open(self, handle: turn.Handler, app: list[Sanic]) -> SmsConversation:
        """See :class:`QueuedInput`."""
        self.gate = Gate(self.settings)
        return SmsConversation(self.settings, handle, lambda: getattr(app[0].ctx, "agent", None) if app else None)

    async def receive(self, request: Request, conversation: SmsConversation) -> HTTPResponse:
        """See :class:`QueuedInput`. Immediate answers go into the response to Twilio."""
        said = await self._take_in(request, self.gate, conversation)
        return _say(said) if said else HTTPResponse(_EMPTY, content_type="text/xml")

    async def _take_in(self, request: Request, gate: Gate, conversation: SmsConversation) -> str | None:
        """Stores a text for the outbox; or returns what to answer at once instead."""
        params = read_form(request.body or b"")
        gate.admit(request.path, request.query_string, params, request.headers.get("x-twilio-signature"))
        incoming = gate.read(params)
        if incoming is None:
            return None
        if is_reaction(incoming.text):
            IGNORED.labels("reaction").inc()
            return None
        command = incoming.handled or conversation.commands.of(incoming.text)
        try:
            said = await self.accept(conversation, _arrival(incoming, command))
        except NotWritten as fault:
            # Twilio does not retry, so the person is told now that it was not accepted.
            said = fault.urgent or load_phrases().unavailable.message()
        return conversation.worded(said) if said else None

    def written(self, arrival: Arrival) -> dict[str, Any]:
        """See :class:`QueuedInput`. A piece of a split text is stored as one."""
        message = super().written(arrival)
        if "piece" in message:
            message["pieces"] = [[message.pop("piece"), message["text"]]]
        return message


def _arrival(incoming: Incoming, command: str | None) -> Arrival:
    pieces, words, hold = pieces_of(incoming.text, incoming.segments)
    more: dict[str, Any] = {"media": incoming.media, "handled": incoming.handled}
    if pieces:
        more["piece"] = pieces[0][0]
    return Arrival(
        number=incoming.sid,
        address=incoming.phone,
        text=incoming.text,
        words=words,
        more=more,
        spoken=command is None,
        heard=command == "stop",
        busy=command is None,
        asks=command == "help",
        hold=0.0 if incoming.handled else hold,
    )
