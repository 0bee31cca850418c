"""The Telegram side of a conversation: commands, buttons, and what is no text."""

from __future__ import annotations

import logging
import time
from typing import Any

from whichpath.channels.choices import pick
from whichpath.channels.guards import turn
from whichpath.channels.guards.inbound import read
from whichpath.channels.outbox import Answer, Change, Later, Undeliverable
from whichpath.channels.output import Message, data_of
from whichpath.channels.queued import QueuedConversation
from whichpath.channels.telegram.render import Keyboard, keyboard, payload_of, texts
from whichpath.library.phrases import load_phrases
from whichpath.library.wording_telegram import load_wording
from whichpath.providers.telegram import BotApi, Refused
from whichpath.providers.telegram_settings import TelegramSettings
from whichpath.store.inbox import IDLE, Delivery, Work

logger = logging.getLogger(__name__)
Thread = dict[str, Any]

#: Telegram's commands, and what they are to us.
COMMANDS = {
    "start": "/greet",
    "help": "/help",
    "erase": "/erase",
    "lawyer": '/ask_lawyer{"question": "find_lawyer"}',
    "stop": '/inform{"reminder": "no"}',
}
#: Telegram deletes no message older than this, and at most so many at once.
DELETABLE_HOURS, DELETE_AT_ONCE = 48, 100
#: Remembered messages of a chat, the newest.
REMEMBERED = 2000


class TelegramConversation(QueuedConversation):
    """What to answer to an update, and how it goes out."""

    channel = "telegram"

    def __init__(self, settings: TelegramSettings, handle: turn.Handler) -> None:
        super().__init__(handle)
        self.api = BotApi(settings)
        self.wording = load_wording()

    # --- what to answer ---

    async def answer(self, work: Work, thread: Thread) -> Answer:
        """The answer to an update."""
        kind, text = work.message["kind"], str(work.message["text"])
        if kind == "blocked":
            return Answer([], forget=True)
        ids = _remembered(thread, work.message.get("message_id"), work.received)
        before: list[Delivery] = []
        if work.message.get("callback"):
            params = {"callback_query_id": work.message["callback"]}
            before = [{"method": "answerCallbackQuery", "params": params, "optional": True}]
        if work.message.get("slow"):
            return Answer([*before, *self._said([load_phrases().slow.message()], work)], {**thread, "ids": ids})
        if kind == "edited":
            return Answer(self._said([{"text": self.wording.edited}], work), {**thread, "ids": ids})
        messages = await self._messages(work, thread, kind, text)
        if any(data_of(message).get("erase") for message in messages):
            return Answer([*before, *self._erasing(ids, work)], forget=True)
        rows = keyboard(messages)
        menu = [[row[0]["text"], payload_of(row[0]["callback_data"])] for row in rows]
        deliveries = [*before, *self._said(messages, work, rows)]
        return Answer(deliveries, {"ids": ids, "menu": menu, "at": time.time()})

    async def _messages(self, work: Work, thread: Thread, kind: str, text: str) -> list[Message]:
        raw: str | None = text
        if kind == "press":
            raw = payload_of(text)
            if raw is None:
                return [{"text": self.wording.old_button}]
        elif kind == "media" and read(text).text is None:
            return [{"text": self.wording.media}]
        elif text.startswith("/"):
            raw = command(text) or text
        elif text.strip().casefold() == "stop":
            raw = COMMANDS["stop"]  # as every reminder promises
        elif time.time() - thread.get("at", 0) <= IDLE:
            raw = pick(text, thread.get("menu") or []) or text
        messages = await self.take_turn(work, raw or "")
        return [*messages, {"text": self.wording.media}] if kind == "media" else messages

    def _said(self, messages: list[Message], work: Work, rows: Keyboard | None = None) -> list[Delivery]:
        """The messages of a turn; the choices stand below the last."""
        said = [self._message(text, work) for text in texts(messages)]
        if rows and said:
            said[-1]["params"]["reply_markup"] = {"inline_keyboard": rows}
        return said

    @staticmethod
    def _message(text: str, work: Work) -> Delivery:
        # No preview: it would load pages that show what the talk is about.
        params = {"chat_id": int(work.address), "text": text, "link_preview_options": {"is_disabled": True}}
        return {"method": "sendMessage", "params": params, "remember": True}

    def _erasing(self, ids: list[list[float]], work: Work) -> list[Delivery]:
        """Telegram's copies go too, then the person is told what stays."""
        numbers = [int(number) for number, _at in ids]
        chunks = [numbers[i : i + DELETE_AT_ONCE] for i in range(0, len(numbers), DELETE_AT_ONCE)]
        deleting: list[Delivery] = [
            {
                "method": "deleteMessages",
                "params": {"chat_id": int(work.address), "message_ids": chunk},
                "optional": True,
            }
            for chunk in chunks
        ]
        last = self._message(self.wording.erased.format(hours=DELETABLE_HOURS), work)
        return [*deleting, {**last, "remember": False}]

    # --- how it goes out ---

    async def deliver(self, work: Work, delivery: Delivery, began: float | None) -> Change | None:
        """Makes one call. One that may be left out never holds up the answer behind it."""
        try:
            result = await self.api.call(delivery["method"], **delivery["params"])
        except Refused as fault:
            if delivery.get("optional"):
                return None
            logger.error("telegram: %s refused: status %d", delivery["method"], fault.status)
            if fault.status in (401, 404):
                raise Later(60) from None  # the token is wrong: the operator has to act
            raise Undeliverable from None
        except Later as later:
            # A spinner that goes on is no reason to wait. A wait that Telegram asks for is.
            if delivery["method"] == "answerCallbackQuery" and later.seconds is None:
                return None
            raise
        number = result.get("message_id") if isinstance(result, dict) else None
        if not delivery.get("remember") or not isinstance(number, int):
            return None

        def remember(thread: Thread) -> None:
            thread["ids"] = _remembered(thread, number, time.time())

        return remember

    async def send(self, address: str, message: Message) -> None:
        """One message; its number is not remembered, for there is nowhere to."""
        try:
            await self.api.call("sendMessage", chat_id=int(address), text=message["text"])
        except Refused:
            raise Undeliverable from None

    async def close(self) -> None:
        """See :class:`QueuedConversation`."""
        await self.api.close()


def command(text: str) -> str | None:
    """The payload of a command of ours: ``/help``, ``/help@our_bot``, ``/start from-the-website``."""
    name = text[1:].split(maxsplit=1)[0].partition("@")[0].casefold() if len(text) > 1 and text[1:].strip() else ""
    return COMMANDS.get(name)


def always_heard(text: str) -> bool:
    """Whether ``text`` is a wish to be left alone or to be forgotten, which no limit holds up."""
    return text.strip().casefold() == "stop" or command(text) in (COMMANDS["stop"], COMMANDS["erase"])


def _remembered(thread: Thread, number: object, at: float) -> list[list[float]]:
    """The numbers of the chat's messages that Telegram would still delete, with ``number``."""
    oldest = time.time() - DELETABLE_HOURS * 3600 + 60
    ids = [row for row in thread.get("ids") or [] if row[1] >= oldest]
    return [*ids, [number, at]][-REMEMBERED:] if isinstance(number, int) else ids
