"""Telegram: ``POST /webhooks/telegram/webhook``. Set-up: ``docs/telegram.md``.

Telegram sends an update again until it is acknowledged, so it is checked, stored and acknowledged; the turn runs
afterwards. Nothing here calls Telegram at start, so the other channels work while it is down.
"""

from __future__ import annotations

import hmac
from typing import Any

from sanic import Sanic, response
from sanic.request import Request
from sanic.response import HTTPResponse

from whichpath.channels.guards import turn
from whichpath.channels.queued import Arrival, QueuedInput
from whichpath.channels.requests import BadRequest, json_object
from whichpath.channels.telegram.conversation import TelegramConversation, always_heard
from whichpath.channels.telegram.screens import press_of
from whichpath.channels.telegram.updates import Update, read_update, update_id
from whichpath.library.phrases import load_phrases
from whichpath.providers.telegram_settings import TelegramSettings

SECRET_HEADER = "x-telegram-bot-api-secret-token"  # noqa: S105 - the header's name


class TelegramInput(QueuedInput):
    """The Telegram channel; off where ``settings`` are missing."""

    @classmethod
    def name(cls) -> str:
        """The last but one part of its URL."""
        return "telegram"

    def open(self, handle: turn.Handler, app: list[Sanic]) -> TelegramConversation:
        """See :class:`QueuedInput`."""
        return TelegramConversation(self.settings, handle)

    async def receive(self, request: Request, conversation: TelegramConversation) -> HTTPResponse:
        """See :class:`QueuedInput`."""
        given = (request.headers.get(SECRET_HEADER) or "").encode(errors="replace")
        if not hmac.compare_digest(given, self.settings.secret.encode()):
            raise BadRequest("The secret token does not fit.", 403)
        await self._take_in(json_object(request), self.settings, conversation)
        return response.json({"ok": True})

    async def _take_in(
        self, body: dict[str, Any], settings: TelegramSettings, conversation: TelegramConversation
    ) -> None:
        if update_id(body) is None:
            raise BadRequest("'update_id' is missing.")
        update = read_update(body)
        if update is not None:
            await self.take(conversation, _arrival(update, settings.bot_id))

    async def left_out(self, conversation: TelegramConversation, arrival: Arrival) -> None:
        """See :class:`QueuedInput`. Acknowledges a pressed button that gets no answer."""
        if arrival.more.get("callback"):
            too_fast = load_phrases().slow.sms if arrival.view else None
            await conversation.settle(arrival.more["callback"], too_fast)


def _arrival(update: Update, bot_id: str) -> Arrival:
    more: dict[str, Any] = {"kind": update.kind, "callback": update.callback, "message_id": update.message_id}
    if update.kind == "press":
        more |= {"text": update.text, "below": update.below}  # not typed: the payload of a button of ours
    heard = update.kind == "blocked" or always_heard(update.text)
    view = update.kind == "press" and press_of(update.text) is not None
    return Arrival(
        number=f"{bot_id}:{update.update_id}",
        address=str(update.chat),
        text=update.text,
        more=more,
        spoken=update.kind in ("text", "media"),
        heard=heard,
        busy=not heard and not view,
        view=view,
    )
