"""SMS through Twilio: ``POST /webhooks/sms/webhook``. Set-up: ``docs/sms.md``.

Twilio waits 15 seconds and no longer, so a text is checked, written down and acknowledged with an empty
answer; the turn is taken behind, and its answer goes out through Twilio's REST API.
"""

from __future__ import annotations

import asyncio
import logging
from typing import Any

from rasa.core.channels.channel import InputChannel
from sanic import Blueprint, Sanic, response
from sanic.request import Request
from sanic.response import HTTPResponse
from sqlalchemy.exc import SQLAlchemyError
from twilio.twiml.messaging_response import MessagingResponse

from whichpath.channels.guards import danger, load, turn
from whichpath.channels.guards.counts import IGNORED
from whichpath.channels.guards.inbound import without_names
from whichpath.channels.guards.limits_shared import limits
from whichpath.channels.guards.server import Routes
from whichpath.channels.requests import BadRequest
from whichpath.channels.signals import asks_for_help, is_reaction
from whichpath.channels.sms.conversation import SmsDoor
from whichpath.channels.sms.pieces import pieces_of
from whichpath.channels.sms.webhook import Gate, Incoming, read_form
from whichpath.library.phrases import load_phrases
from whichpath.providers.twilio_settings import Off, SmsSettings, read_sms
from whichpath.store.identity import pseudonym
from whichpath.store.inbox import Crowded

logger = logging.getLogger(__name__)
_EMPTY = '<?xml version="1.0" encoding="UTF-8"?><Response></Response>'


def _say(text: str) -> HTTPResponse:
    """An answer that Twilio itself sends on as a text."""
    answer = MessagingResponse()
    answer.message(text)
    return HTTPResponse(str(answer), content_type="text/xml")


class SmsInput(InputChannel):
    """The SMS channel; off where ``settings`` are missing."""

    def __init__(self, settings: SmsSettings | None) -> None:
        self.settings = settings
        self.limits = limits()
        turn.install()

    @classmethod
    def name(cls) -> str:
        """The last part but one of its address."""
        return "sms"

    @classmethod
    def from_credentials(cls, credentials: dict[str, Any] | None) -> SmsInput:
        """Reads the environment alone: a secret has no place in a file that is checked in."""
        try:
            return cls(read_sms())
        except Off as reason:
            logger.warning("SMS is off: %s", reason)
            return cls(None)

    def blueprint(self, on_new_message: turn.Handler) -> Blueprint:
        """The routes."""
        routes = Routes("whichpath_sms")

        @routes.get("/")
        async def health(_request: Request) -> HTTPResponse:
            return response.json({"status": "ok" if self.settings else "off"})

        if self.settings is None:

            @routes.post("/webhook")
            async def refuse(_request: Request) -> HTTPResponse:
                return BadRequest("SMS is switched off.", 403).answer()

        else:
            self._open(routes, self.settings, on_new_message)
        return routes

    def _open(self, routes: Blueprint, settings: SmsSettings, on_new_message: turn.Handler) -> None:
        app: list[Sanic] = []
        gate = Gate(settings)
        door = SmsDoor(settings, on_new_message, lambda: getattr(app[0].ctx, "agent", None) if app else None)

        @routes.listener("after_server_start")
        async def start(server: Sanic, _loop: asyncio.AbstractEventLoop) -> None:
            app.append(server)
            door.desk.start()

        @routes.listener("before_server_stop")
        async def stop(_server: Sanic, _loop: asyncio.AbstractEventLoop) -> None:
            await door.desk.stop()
            await door.api.close()

        @routes.post("/webhook")
        async def receive(request: Request) -> HTTPResponse:
            try:
                said = await self._take_in(request, gate, door)
            except BadRequest as fault:
                return fault.answer()
            return _say(said) if said else HTTPResponse(_EMPTY, content_type="text/xml")

    async def _take_in(self, request: Request, gate: Gate, door: SmsDoor) -> str | None:
        """Writes a text down, to be answered behind; or returns what is said at once instead."""
        params = read_form(request.body or b"")
        gate.admit(request.path, request.query_string, params, request.headers.get("x-twilio-signature"))
        incoming = gate.read(params)
        if incoming is None:
            return None
        if is_reaction(incoming.text):
            IGNORED.labels("reaction").inc()
            return None
        command = incoming.handled or door.commands.of(incoming.text)
        # Looked for before anything else: whatever is full or broken, this text is answered.
        urgent = danger.help_sms(incoming.text) if command is None else None
        sender = pseudonym(self.name(), incoming.phone)
        # By the sender, never by the address: all texts come from Twilio's few. "Stop" is always heard.
        asks = command == "help" or asks_for_help(incoming.text)
        verdict = "pass" if command == "stop" else await self.limits.judge(sender, asks)
        if urgent and verdict != "pass":
            return await self._at_once(door, incoming, urgent)
        if verdict == "drop":
            logger.warning("sms: one sender's messages came too fast and one was left out")
            return None
        if command is None and (said := await self._put_off(door, urgent)):
            return await self._at_once(door, incoming, said)
        return await self._write_down(door, incoming, sender, urgent, slow=verdict == "tell")

    @staticmethod
    async def _put_off(door: SmsDoor, urgent: str | None) -> str | None:
        """What is said where the answer would be late: danger help, or that many people are asking."""
        if not load.room.expected():
            return None
        wait = load.room.expected(await door.desk.waiting())
        if urgent:
            return urgent if wait > load.DANGER_WAITS else None
        return load_phrases().busy.sms if wait > turn.WAIT else None

    @staticmethod
    async def _at_once(door: SmsDoor, incoming: Incoming, said: str) -> str | None:
        """``said``, behind our name: nothing telling stands at its beginning. Not to a copy of the same text."""
        return f"{door.wording.hello}\n{said}" if await door.desk.first(incoming.sid) else None

    async def _write_down(
        self, door: SmsDoor, incoming: Incoming, sender: str, urgent: str | None, slow: bool
    ) -> str | None:
        pieces, text, hold = pieces_of(incoming.text, incoming.segments)
        # Even sealed and for seconds: names and numbers are not written down.
        message = {"text": without_names(text).text, "media": incoming.media, "handled": incoming.handled, "slow": slow}
        if pieces:
            message["pieces"] = [[number, message["text"]] for number, _text in pieces]
        try:
            hold = 0.0 if urgent or incoming.handled else hold
            await door.desk.accept(incoming.sid, sender, incoming.phone, message, hold)
        except Crowded:
            logger.warning("sms: one sender's messages came too fast and one was left out")
            return f"{door.wording.hello}\n{urgent}" if urgent else None
        except (SQLAlchemyError, OSError) as error:
            logger.error("sms: a message could not be written down: %s", type(error).__name__)
            # Twilio does not send it again: who wrote has to hear now that it was not taken in.
            return f"{door.wording.hello}\n{urgent}" if urgent else door.sorry()
        return None
