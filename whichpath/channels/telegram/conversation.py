"""The Telegram side of a conversation: commands, buttons, and messages that are no text."""

from __future__ import annotations

import logging
import secrets
import time
from typing import Any

from whichpath.channels.choices import pick
from whichpath.channels.guards import turn
from whichpath.channels.guards.inbound import read
from whichpath.channels.outbox import Answer, Change, Later, Undeliverable
from whichpath.channels.output import Message, data_of
from whichpath.channels.queued import QueuedConversation
from whichpath.channels.telegram.render import payload_of
from whichpath.channels.telegram.screens import Card, Press, buttons, cards, opens, press_of, sections, shown
from whichpath.channels.telegram.states import pages
from whichpath.library.phrases import load_phrases
from whichpath.library.wording_telegram import load_wording
from whichpath.providers.telegram import BotApi, Refused
from whichpath.providers.telegram_settings import TelegramSettings
from whichpath.store.inbox import IDLE, Delivery, Work

logger = logging.getLogger(__name__)
Thread = dict[str, Any]

#: Telegram's commands and their payloads.
COMMANDS = {
    "start": "/greet",
    "help": "/help",
    "erase": "/erase",
    "lawyer": '/ask_lawyer{"question": "find_lawyer"}',
    "stop": '/inform{"reminder": "no"}',
}
#: Oldest message that Telegram deletes, and most messages of one call.
DELETABLE_HOURS, DELETE_AT_ONCE = 48, 100
#: Most remembered messages of a chat; most of them with buttons that edit the message.
REMEMBERED, CARDS = 2000, 8
#: Telegram's error where an edit would change nothing.
_SAME = "message is not modified"


class TelegramConversation(QueuedConversation):
    """Answers an update and sends the answer."""

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
            return Answer([*before, self._message(load_phrases().slow.text, work)], {**thread, "ids": ids})
        if kind == "edited":
            return Answer([self._message(self.wording.edited, work)], {**thread, "ids": ids})
        press = press_of(text) if kind == "press" else None
        if press is not None:
            return Answer([*before, self._changed(press, work, thread)], {**thread, "ids": ids})
        messages = await self._messages(work, thread, kind, text)
        if any(data_of(message).get("erase") for message in messages):
            return Answer([*before, *self._erasing(ids, work)], forget=True)
        said = cards(messages)
        menu = [[row[0]["text"], payload_of(row[0]["callback_data"])] for card in said for row in card["rows"]]
        named = {secrets.token_urlsafe(9): card for card in said}
        deliveries = [*before, *(self._shown(card, name, work) for name, card in named.items())]
        kept = {**(thread.get("cards") or {}), **{name: card for name, card in named.items() if opens(card)}}
        newest = dict(list(kept.items())[-CARDS:])
        return Answer(deliveries, {"ids": ids, "menu": menu, "cards": newest, "at": time.time()})

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
            raw = COMMANDS["stop"]  # every reminder says that this works
        elif time.time() - thread.get("at", 0) <= IDLE:
            raw = pick(text, thread.get("menu") or []) or text
        messages = await self.take_turn(work, raw or "")
        return [*messages, {"text": self.wording.media}] if kind == "media" else messages

    def _shown(self, card: Card, name: str, work: Work) -> Delivery:
        """A message as it is sent, with all sections closed."""
        text, bold = shown(card, None)
        message = self._message(text, work, bold)
        rows = buttons(card, name)
        if rows:
            message["params"]["reply_markup"] = {"inline_keyboard": rows}
        return message

    @staticmethod
    def _message(text: str, work: Work, bold: list[dict[str, Any]] | None = None) -> Delivery:
        # No link preview: it would reveal the subject of the conversation.
        params = {"chat_id": int(work.address), "text": text, "link_preview_options": {"is_disabled": True}}
        return {"method": "sendMessage", "params": {**params, **({"entities": bold} if bold else {})}, "remember": True}

    def _changed(self, press: Press, work: Work, thread: Thread) -> Delivery:
        """Edits the message whose button was pressed; a polite line where the message is no longer stored."""
        card: Card | None = (thread.get("cards") or {}).get(press.card)
        old, below = self._message(self.wording.old_button, work), work.message.get("below")
        last = len(sections(card)) - 1 if card else -1
        if card is None or below is None or press.page >= len(pages()) or (press.section or 0) > max(0, last):
            return old
        text, bold = shown(card, press.section)
        params: dict[str, Any] = {"chat_id": int(work.address), "message_id": below}
        params["reply_markup"] = {"inline_keyboard": buttons(card, press.card, press.section, press.page)}
        if press.turns:
            return {"method": "editMessageReplyMarkup", "params": params, "otherwise": old}
        params |= {"text": text, "entities": bold, "link_preview_options": {"is_disabled": True}}
        return {"method": "editMessageText", "params": params, "otherwise": old}

    def _erasing(self, ids: list[list[float]], work: Work) -> list[Delivery]:
        """Deletes Telegram's copies too, then tells the person what remains."""
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

    # --- sending ---

    async def deliver(self, work: Work, delivery: Delivery, began: float | None) -> Change | None:
        """Makes one call. An optional call never delays the answer after it."""
        try:
            result = await self.api.call(delivery["method"], **delivery["params"])
        except Refused as fault:
            if delivery.get("optional") or (delivery.get("otherwise") and _SAME in str(fault)):
                return None
            if delivery.get("otherwise") and fault.status == 400:
                return await self.deliver(work, delivery["otherwise"], began)
            logger.error("telegram: %s refused: status %d", delivery["method"], fault.status)
            if fault.status in (401, 404):
                raise Later(60) from None  # the token is wrong: an operator has to act
            raise Undeliverable from None
        except Later as later:
            # A spinner that keeps spinning is no reason to wait, but a ``retry_after`` of Telegram is.
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
        """Sends one message; its number is not stored, because there is no thread."""
        try:
            await self.api.call("sendMessage", chat_id=int(address), text=message["text"])
        except Refused:
            raise Undeliverable from None

    async def settle(self, callback: str, text: str | None = None) -> None:
        """Stops the spinner of a button whose press gets no turn, with ``text`` as a short notification."""
        try:
            words = {"text": text} if text else {}
            await self.api.call("answerCallbackQuery", callback_query_id=callback, **words)
        except (Refused, Later, Undeliverable) as fault:
            logger.info("telegram: a query was not answered: %s", type(fault).__name__)

    async def close(self) -> None:
        """See :class:`QueuedConversation`."""
        await self.api.close()


def command(text: str) -> str | None:
    """The payload of a command: ``/help``, ``/help@our_bot``, ``/start from-the-website``."""
    name = text[1:].split(maxsplit=1)[0].partition("@")[0].casefold() if len(text) > 1 and text[1:].strip() else ""
    return COMMANDS.get(name)


def always_heard(text: str) -> bool:
    """Whether ``text`` asks to opt out or to be erased, which is exempt from limits."""
    return text.strip().casefold() == "stop" or command(text) in (COMMANDS["stop"], COMMANDS["erase"])


def _remembered(thread: Thread, number: object, at: float) -> list[list[float]]:
    """The numbers of the chat's messages that Telegram would still delete, with ``number``."""
    oldest = time.time() - DELETABLE_HOURS * 3600 + 60
    ids = [row for row in thread.get("ids") or [] if row[1] >= oldest]
    return [*ids, [number, at]][-REMEMBERED:] if isinstance(number, int) else ids
