"""What the queued channels share: SMS, Telegram, and those to come.

Their providers wait a few seconds for an acknowledgement, so a message is checked, written down and acknowledged; the
turn is taken behind (:mod:`whichpath.channels.outbox`), and its answer goes out through the provider's own interface.

A channel is a :class:`QueuedInput`, which reads the provider's posts, and a :class:`QueuedConversation`, which says
what to answer and sends it.
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
    """A message, as the channel has read it from the provider's post.

    ``number`` is the provider's own id of it: a second copy bears the same. ``words`` is what of the text is written
    down, where that is less; ``more`` is written down beside it. ``spoken``: the text is the person's words, and may
    tell of danger; ``heard``: no limit holds it up (to be left alone, to be forgotten); ``busy``: it may be answered
    that too many people are asking; ``view``: it only shows something else of what was told already.
    ``hold``: seconds that it waits for its rest.
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
    """The database did not take a message in. ``urgent``: what is to be said all the same."""

    def __init__(self, urgent: Message | None) -> None:
        super().__init__("not written down")
        self.urgent = urgent


class QueuedConversation(ABC):
    """What to answer to a message of the inbox, and how it goes out. See :class:`.outbox.Conversation`."""

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
        """Sends ``message`` past the inbox, once; raises what the provider's client raises."""

    @abstractmethod
    async def close(self) -> None:
        """Closes the connections."""

    async def take_turn(self, work: Work, raw: str) -> list[Message]:
        """The bot's answer to ``raw``, through the guards; what it agreed to (reminders) is seen to."""
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
        """One message past the inbox. Where it cannot go out, nobody can be told."""
        try:
            await self.send(address, message)
        except (Later, Undeliverable) as fault:
            logger.error("%s: a message could not be sent at once: %s", self.channel, type(fault).__name__)


class QueuedInput(InputChannel, ABC):
    """The web side of a queued channel; off where ``settings`` are missing."""

    def __init__(self, settings: Any) -> None:
        self.settings = settings
        self.limits = limits()
        turn.install()

    @classmethod
    def from_credentials(cls, credentials: dict[str, Any] | None) -> Any:
        """Reads the environment alone: a secret has no place in a file that is checked in."""
        channel = CHANNELS[cls.name()]
        try:
            return cls(channel.read() or {})
        except Off as reason:
            logger.warning("%s is off: %s", channel.title, reason)
            return cls(None)

    @abstractmethod
    def open(self, handle: turn.Handler, app: list[Sanic]) -> QueuedConversation:
        """The conversation, made when the routes are. ``app`` holds the server as soon as it runs."""

    @abstractmethod
    async def receive(self, request: Request, conversation: Any) -> HTTPResponse:
        """Answers a post of the provider's.

        Raises:
            BadRequest: it is not authentic, or not to be read.
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

    # --- what becomes of a message ---

    async def take(self, conversation: Any, arrival: Arrival) -> None:
        """Takes a message in; what cannot wait for the inbox is said at once.

        Raises:
            BadRequest: it could not be written down (503): the provider has to send it again.
        """
        try:
            said = await self.accept(conversation, arrival)
        except NotWritten as fault:
            # The provider sends it again until it can be, and then it is answered. The person hears of it now.
            if fault.urgent:
                await conversation.say(arrival.address, fault.urgent)
            else:
                await conversation.outbox.apologise(pseudonym(self.name(), arrival.address), arrival.address)
            raise BadRequest("The message could not be written down.", 503) from None
        if said:
            await conversation.say(arrival.address, said)

    async def accept(self, conversation: Any, arrival: Arrival) -> Message | None:
        """Writes a message down, to be answered behind; or returns what is to be said at once instead.

        Raises:
            NotWritten: the database does not take it in.
        """
        sender = pseudonym(self.name(), arrival.address)
        # Looked for before anything else: whatever is full or broken, this message is answered.
        urgent = danger.help_for(arrival.text) if arrival.spoken else None
        # By the sender, never by the address: all posts come from the provider's few.
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
            # Not to a copy of the same message.
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
        """What else the provider expects where a message is acknowledged and gets no turn."""

    def written(self, arrival: Arrival) -> dict[str, Any]:
        """What of a message is written down: even encrypted and for seconds, no names and numbers."""
        words = arrival.text if arrival.words is None else arrival.words
        return {"text": without_names(words).text, **arrival.more}

    @staticmethod
    async def _put_off(conversation: Any, urgent: Message | None) -> Message | None:
        """What is said where the answer would be late: danger help, or that many people are asking."""
        if not load.room.expected():
            return None
        wait = load.room.expected(await conversation.outbox.waiting())
        if urgent:
            return urgent if wait > load.DANGER_WAITS else None
        return load_phrases().busy.message() if wait > turn.WAIT else None
