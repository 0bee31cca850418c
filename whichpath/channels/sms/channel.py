"""SMS through Twilio: ``POST /webhooks/sms/webhook``. Set-up: ``docs/sms.md``.

Twilio waits 15 seconds and no longer, so a text is checked, written down and acknowledged with an empty
answer; the turn is taken behind, and its answer goes out through Twilio's REST API.
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
    """An answer that Twilio itself sends on as a text."""
    answer = MessagingResponse()
    answer.message(text)
    return HTTPResponse(str(answer), content_type="text/xml")


class SmsInput(QueuedInput):
    """The SMS channel; off where ``settings`` are missing."""

    @classmethod
    def name(cls) -> str:
        """The last part but one of its address."""
        return "sms"

    def open(self, handle: turn.Handler, app: list[Sanic]) -> SmsConversation:
        """See :class:`QueuedInput`."""
        self.gate = Gate(self.settings)
        return SmsConversation(self.settings, handle, lambda: getattr(app[0].ctx, "agent", None) if app else None)

    async def receive(self, request: Request, conversation: SmsConversation) -> HTTPResponse:
        """See :class:`QueuedInput`. What is said at once stands in the answer to Twilio's post."""
        said = await self._take_in(request, self.gate, conversation)
        return _say(said) if said else HTTPResponse(_EMPTY, content_type="text/xml")

    async def _take_in(self, request: Request, gate: Gate, conversation: SmsConversation) -> str | None:
        """Writes a text down, to be answered behind; or returns what is said at once instead."""
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
            # Twilio does not send it again: who wrote has to hear now that it was not taken in.
            said = fault.urgent or load_phrases().unavailable.message()
        return conversation.worded(said) if said else None

    def written(self, arrival: Arrival) -> dict[str, Any]:
        """See :class:`QueuedInput`. A piece of a text is written down as one."""
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
