"""What the queued channels share: SMS, Telegram and later ones.

Their providers wait a few seconds for an acknowledgement, so a message is checked, stored and acknowledged; the turn
runs afterwards (:mod:`whichpath.channels.outbox`), and its answer goes out through the provider's own interface.

A channel has a :class:`QueuedInput`, which parses the provider's requests, and a :class:`QueuedConversation`, which
answers.
"""

from __future__ import annotations

import asyncio
import logging
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from rasa.core.channels.channel import InputChannel
from sanic import Blueprint, Sanic, response
from sanic.request import Request
from sanic.response import HTTPResponse
from sqlalchemy.exc import SQLAlchemyError

from whichpath.channels import outbox
from whichpath.channels.guards import danger, load, turn
from whichpath.channels.guards.inbound import without_names
from whichpath.channels.guards.limits import PER_VIEW
from whichpath.channels.guards.limits_shared import limits
from whichpath.channels.guards.server import Routes
from whichpath.channels.outbox import Answer, Change, Outbox
from whichpath.channels.output import Message
from whichpath.channels.reminder_requests import apply_requests
from whichpath.channels.requests import BadRequest
from whichpath.channels.signals import asks_for_help
from whichpath.library.phrases import load_phrases
from whichpath.providers.faults import Later, Undeliverable
from whichpath.registry import CHANNELS, Off
from whichpath.store.identity import pseudonym
from whichpath.store.inbox import Crowded, Delivery, Work

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Arrival:
    """A message parsed from the provider's request.

    ``number`` is the provider's own id of it: a duplicate has the same. ``words`` is the part of the text that is
    stored, where that is less; ``more`` is stored beside it. ``spoken``: the text is the person's words, and may report
    danger; ``heard``: exempt from limits (opt-out, erasure); ``busy``: the "busy" answer is possible; ``view``: it only
    shows another part of an answer. ``hold``: seconds that it waits for further parts.
    """

    number: str
    address: str
    text: str
    words: str | None = None
    more: Mapping[str, Any] = field(default_factory=dict)
    spoken: bool = True
    heard: bool = False
    busy: bool = True
    view: bool = False
    asks: bool = False
    hold: float = 0.0


class NotWritten(Exception):
    """The database did not store a message. ``urgent``: the text to send in any case."""

    def __init__(self, urgent: Message | None) -> None:
        super().__init__("not written down")
        self.urgent = urgent


class QueuedConversation(ABC):
    """Answers a message of the inbox and sends the answer. See :class:`.outbox.Conversation`."""

    #: As the registry names it.
    channel: str

    def __init__(self, handle: turn.Handler) -> None:
        self.handle = handle
        self.outbox = Outbox(self)

    @abstractmethod
    async def answer(self, work: Work, thread: dict[str, Any]) -> Answer:
        """What to answer to a message of the inbox."""

    @abstractmethod
    async def deliver(self, work: Work, delivery: Delivery, began: float | None) -> Change | None:
        """Sends one delivery; raises as :class:`whichpath.channels.outbox.Conversation` says."""

    @abstractmethod
    async def send(self, address: str, message: Message) -> None:
        """Sends ``message`` once, without the inbox; raises what the provider's client raises."""

    @abstractmethod
    async def close(self) -> None:
        """Closes the connections."""

    async def take_turn(self, work: Work, raw: str) -> list[Message]:
        """The bot's answer to ``raw``, through the guards; reminders that it agreed to are booked."""
        again = work.attempts > 1
        messages = await turn.reply_to(self.handle, raw, work.sender_id, self.channel, work.key, again)
        await self.outbox.in_thread(apply_requests, outbox.shared_inbox(), work.sender_id, self.channel, messages)
        return messages

    async def opted_out(self, work: Work) -> bool:
        """Whether the person wants no messages."""
        return await self.outbox.in_thread(outbox.shared_inbox().opted_out, work.sender_id)

    async def opt_out(self, work: Work) -> None:
        """The person wants no messages."""
        await self.outbox.in_thread(outbox.shared_inbox().opt_out, work.sender_id)

    async def opt_in(self, work: Work) -> None:
        """The person wants messages again."""
        await self.outbox.in_thread(outbox.shared_inbox().opt_in, work.sender_id)

    async def apologise(self, address: str) -> None:
        """Says that nothing can be looked up now, without the database and without a second attempt."""
        await self.send(address, load_phrases().unavailable.message())

    async def say(self, address: str, message: Message) -> None:
        """Sends one message without the inbox; a failure is ignored."""
        try:
            await self.send(address, message)
        except (Later, Undeliverable) as fault:
            logger.error("%s: a message could not be sent at once: %s", self.channel, type(fault).__name__)


class QueuedInput(InputChannel, ABC):
    """The HTTP side of a queued channel; off where ``settings`` are missing."""

    def __init__(self, settings: Any) -> None:
        self.settings = settings
        self.limits = limits()
        turn.install()

    @classmethod
    def from_credentials(cls, credentials: dict[str, Any] | None) -> Any:
        """Reads the environment alone: secrets do not belong into a versioned file."""
        channel = CHANNELS[cls.name()]
        try:
            return cls(channel.read() or {})
        except Off as reason:
            logger.warning("%s is off: %s", channel.title, reason)
            return cls(None)

    @abstractmethod
    def open(self, handle: turn.Handler, app: list[Sanic]) -> QueuedConversation:
        """Makes the conversation, together with the routes. ``app`` holds the server once it runs."""

    @abstractmethod
    async def receive(self, request: Request, conversation: Any) -> HTTPResponse:
        """Answers a post of the provider's.

        Raises:
            BadRequest: it is not authentic, or unreadable.
        """

    def blueprint(self, on_new_message: turn.Handler) -> Blueprint:
        """The routes."""
        routes = Routes(f"whichpath_{self.name()}")

        @routes.get("/")
        async def health(_request: Request) -> HTTPResponse:
            return response.json({"status": "off" if self.settings is None else "ok"})

        if self.settings is None:

            @routes.post("/webhook")
            async def refuse(_request: Request) -> HTTPResponse:
                return BadRequest(f"{CHANNELS[self.name()].title} is switched off.", 403).answer()

        else:
            self._open(routes, on_new_message)
        return routes

    def _open(self, routes: Blueprint, handle: turn.Handler) -> None:
        app: list[Sanic] = []
        conversation = self.open(handle, app)

        @routes.listener("after_server_start")
        async def start(server: Sanic, _loop: asyncio.AbstractEventLoop) -> None:
            app.append(server)
            conversation.outbox.start()

        @routes.listener("before_server_stop")
        async def stop(_server: Sanic, _loop: asyncio.AbstractEventLoop) -> None:
            await conversation.outbox.stop()
            await conversation.close()

        @routes.post("/webhook")
        async def receive(request: Request) -> HTTPResponse:
            try:
                return await self.receive(request, conversation)
            except BadRequest as fault:
                return fault.answer()

    # --- handling of a message ---

    async def take(self, conversation: Any, arrival: Arrival) -> None:
        """Accepts a message; sends at once what cannot wait for the inbox.

        Raises:
            BadRequest: it could not be stored (503): the provider has to send it again.
        """
        try:
            said = await self.accept(conversation, arrival)
        except NotWritten as fault:
            # The provider retries until it is stored, and then it is answered. The person is told now.
            if fault.urgent:
                await conversation.say(arrival.address, fault.urgent)
            else:
                await conversation.outbox.apologise(pseudonym(self.name(), arrival.address), arrival.address)
            raise BadRequest("The message could not be written down.", 503) from None
        if said:
            await conversation.say(arrival.address, said)

    async def accept(self, conversation: Any, arrival: Arrival) -> Message | None:
        """Stores a message for the outbox; or returns what to answer at once instead.

        Raises:
            NotWritten: the database does not store it.
        """
        sender = pseudonym(self.name(), arrival.address)
        # Before anything else, so that it is answered whatever is full or broken.
        urgent = danger.help_for(arrival.text) if arrival.spoken else None
        # By sender, not by address: all requests come from a few addresses of the provider.
        verdict = await self._judge(sender, arrival)
        said = urgent if verdict != "pass" else None
        if verdict == "drop" and not said:
            logger.warning("%s: one sender's messages came too fast and one was left out", self.name())
            await self.left_out(conversation, arrival)
            return None
        if not said and arrival.busy:
            said = await self._put_off(conversation, urgent)
        if said:
            await self.left_out(conversation, arrival)
            # Not for a duplicate.
            return said if await conversation.outbox.first(arrival.number) else None
        message = {**self.written(arrival), "slow": verdict == "tell"}
        try:
            hold = 0.0 if urgent else arrival.hold
            await conversation.outbox.accept(arrival.number, sender, arrival.address, message, hold)
        except Crowded:
            logger.warning("%s: one sender's messages came too fast and one was left out", self.name())
            await self.left_out(conversation, arrival)
            return urgent
        except (SQLAlchemyError, OSError) as error:
            logger.error("%s: a message could not be written down: %s", self.name(), type(error).__name__)
            raise NotWritten(urgent) from None
        return None

    async def _judge(self, sender: str, arrival: Arrival) -> str:
        """See :meth:`Limits.judge`."""
        if arrival.heard:
            return "pass"
        if arrival.view:
            return "pass" if await self.limits.take(PER_VIEW, sender) else "drop"
        return await self.limits.judge(sender, arrival.asks or asks_for_help(arrival.text))

    async def left_out(self, conversation: Any, arrival: Arrival) -> None:
        """What else the provider expects for a message without a turn."""

    def written(self, arrival: Arrival) -> dict[str, Any]:
        """The part of a message that is stored: without names and numbers, although it is encrypted."""
        words = arrival.text if arrival.words is None else arrival.words
        return {"text": without_names(words).text, **arrival.more}

    @staticmethod
    async def _put_off(conversation: Any, urgent: Message | None) -> Message | None:
        """The answer where a turn would be late: danger help, or "busy"."""
        if not load.room.expected():
            return None
        wait = load.room.expected(await conversation.outbox.waiting())
        if urgent:
            return urgent if wait > load.DANGER_WAITS else None
        return load_phrases().busy.message() if wait > turn.WAIT else None
