"""Telegram: ``POST /webhooks/telegram/webhook``. Set-up: ``docs/telegram.md``.

Telegram sends an update again until it is acknowledged, so it is checked, written down and acknowledged;
the turn is taken behind. Nothing here calls Telegram at start: where it is down, the other channels work.
"""

from __future__ import annotations

import asyncio
import hmac
import logging
from typing import Any

from rasa.core.channels.channel import InputChannel
from sanic import Blueprint, Sanic, response
from sanic.request import Request
from sanic.response import HTTPResponse
from sqlalchemy.exc import SQLAlchemyError

from whichpath.channels.guards import danger, load, turn
from whichpath.channels.guards.inbound import without_names
from whichpath.channels.guards.limits_shared import limits
from whichpath.channels.guards.server import Routes
from whichpath.channels.output import Message
from whichpath.channels.requests import BadRequest, json_object
from whichpath.channels.signals import asks_for_help
from whichpath.channels.telegram.conversation import TelegramDoor, always_heard
from whichpath.channels.telegram.updates import read_update, update_id
from whichpath.library.phrases import load_phrases
from whichpath.providers.telegram_settings import Off, TelegramSettings, read_telegram
from whichpath.store.identity import pseudonym
from whichpath.store.inbox import Crowded

logger = logging.getLogger(__name__)
SECRET_HEADER = "x-telegram-bot-api-secret-token"  # noqa: S105 - the header's name


class TelegramInput(InputChannel):
    """The Telegram channel; off where ``settings`` are missing."""

    def __init__(self, settings: TelegramSettings | None) -> None:
        self.settings = settings
        self.limits = limits()
        turn.install()

    @classmethod
    def name(cls) -> str:
        """The last part but one of its address."""
        return "telegram"

    @classmethod
    def from_credentials(cls, credentials: dict[str, Any] | None) -> TelegramInput:
        """Reads the environment alone: a secret has no place in a file that is checked in."""
        try:
            return cls(read_telegram())
        except Off as reason:
            logger.warning("Telegram is off: %s", reason)
            return cls(None)

    def blueprint(self, on_new_message: turn.Handler) -> Blueprint:
        """The routes."""
        routes = Routes("whichpath_telegram")

        @routes.get("/")
        async def health(_request: Request) -> HTTPResponse:
            return response.json({"status": "ok" if self.settings else "off"})

        if self.settings is None:

            @routes.post("/webhook")
            async def refuse(_request: Request) -> HTTPResponse:
                return BadRequest("Telegram is switched off.", 403).answer()

        else:
            self._open(routes, self.settings, on_new_message)
        return routes

    def _open(self, routes: Blueprint, settings: TelegramSettings, on_new_message: turn.Handler) -> None:
        door = TelegramDoor(settings, on_new_message)

        @routes.listener("after_server_start")
        async def start(_server: Sanic, _loop: asyncio.AbstractEventLoop) -> None:
            door.desk.start()

        @routes.listener("before_server_stop")
        async def stop(_server: Sanic, _loop: asyncio.AbstractEventLoop) -> None:
            await door.desk.stop()
            await door.api.close()

        @routes.post("/webhook")
        async def receive(request: Request) -> HTTPResponse:
            given = (request.headers.get(SECRET_HEADER) or "").encode(errors="replace")
            if not hmac.compare_digest(given, settings.secret.encode()):
                return BadRequest("The secret token does not fit.", 403).answer()
            try:
                await self._take_in(json_object(request), settings, door)
            except BadRequest as fault:
                return fault.answer()
            return response.json({"ok": True})

    async def _take_in(self, body: dict[str, Any], settings: TelegramSettings, door: TelegramDoor) -> None:
        if update_id(body) is None:
            raise BadRequest("'update_id' is missing.")
        update = read_update(body)
        if update is None:
            return
        sender = pseudonym(self.name(), str(update.chat))
        number = f"{settings.bot_id}:{update.update_id}"
        # Looked for before anything else: whatever is full or broken, this message is answered.
        urgent = danger.help_for(update.text) if update.kind in ("text", "media") else None
        # By the sender, never by the address: all updates come from Telegram's few. Some wishes are always heard.
        heard = update.kind == "blocked" or always_heard(update.text)
        verdict = "pass" if heard else await self.limits.judge(sender, asks_for_help(update.text))
        if urgent and verdict != "pass":
            return await self._at_once(door, number, update.chat, urgent)
        if verdict == "drop":
            logger.warning("telegram: one sender's messages came too fast and one was left out")
            return
        if not heard and (said := await self._put_off(door, urgent)):
            return await self._at_once(door, number, update.chat, said)
        message = {
            "kind": update.kind,
            # What is typed, not what a button of ours says. Even sealed and for seconds, no name is written down.
            "text": update.text if update.kind == "press" else without_names(update.text).text,
            "callback": update.callback,
            "message_id": update.message_id,
            "slow": verdict == "tell",
        }
        try:
            await door.desk.accept(number, sender, str(update.chat), message)
        except Crowded:
            logger.warning("telegram: one sender's messages came too fast and one was left out")
            if urgent:
                await door.say(update.chat, urgent)
        except (SQLAlchemyError, OSError) as error:
            logger.error("telegram: an update could not be written down: %s", type(error).__name__)
            # Telegram sends it again until it can be, and then it is answered. The person hears of it now.
            if urgent:
                await door.say(update.chat, urgent)
            else:
                await door.desk.apologise(sender, str(update.chat))
            raise BadRequest("The update could not be written down.", 503) from None

    @staticmethod
    async def _put_off(door: TelegramDoor, urgent: Message | None) -> Message | None:
        """What is said where the answer would be late: danger help, or that many people are asking."""
        if not load.room.expected():
            return None
        wait = load.room.expected(await door.desk.waiting())
        if urgent:
            return urgent if wait > load.DANGER_WAITS else None
        return load_phrases().busy.message() if wait > turn.WAIT else None

    @staticmethod
    async def _at_once(door: TelegramDoor, number: str, chat: int, message: Message) -> None:
        """Says ``message`` past the desk; not to a copy of the same update."""
        if await door.desk.first(number):
            await door.say(chat, message)
