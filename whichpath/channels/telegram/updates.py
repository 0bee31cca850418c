"""Parses Telegram's updates without trusting their shape."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

#: The updates that the webhook subscribes to. Others are handled too, in case the bot was set up differently.
WANTED = ("message", "edited_message", "callback_query", "my_chat_member")
#: Ids are 52-bit numbers at most (Bot API, "User").
_ID_LIMIT = 2**53


@dataclass(frozen=True)
class Update:
    """An action of a person in a private chat.

    ``kind``: ``text``, ``press``, ``edited``, ``media`` or ``blocked``. ``callback`` is the query to answer,
    ``message_id`` the message that the person sent, ``below`` the bot's message whose button was pressed.
    """

    update_id: int
    kind: str
    chat: int
    text: str = ""
    callback: str | None = None
    message_id: int | None = None
    below: int | None = None


def _dict(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _id(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and abs(value) < _ID_LIMIT else None


def update_id(body: dict[str, Any]) -> int | None:
    """The number of an update; ``None`` where it has none."""
    number = _id(body.get("update_id"))
    return number if number is not None and number >= 0 else None


def read_update(body: dict[str, Any]) -> Update | None:
    """What the person did; ``None`` for everything that is not answered (groups, channels, bots)."""
    number = update_id(body)
    if number is None:
        return None
    if isinstance(body.get("callback_query"), dict):
        return _press(number, body["callback_query"])
    if isinstance(body.get("my_chat_member"), dict):
        return _membership(number, body["my_chat_member"])
    edited = isinstance(body.get("edited_message"), dict)
    message = _dict(body.get("edited_message") if edited else body.get("message"))
    chat = _private_chat(message)
    if chat is None or _dict(message.get("from")).get("is_bot"):
        return None
    message_id = _id(message.get("message_id"))
    if edited:
        # A live location "edits" its message every few seconds, which is no correction.
        return Update(number, "edited", chat, message_id=message_id) if "text" in message else None
    text = message.get("text")
    if isinstance(text, str):
        return Update(number, "text", chat, text, message_id=message_id)
    if any(name in message for name in ("pinned_message", "message_auto_delete_timer_changed", "write_access_allowed")):
        return None
    caption = message.get("caption")
    return Update(number, "media", chat, caption if isinstance(caption, str) else "", message_id=message_id)


def _private_chat(message: dict[str, Any]) -> int | None:
    chat = _dict(message.get("chat"))
    return _id(chat.get("id")) if chat.get("type") == "private" else None


def _press(number: int, query: dict[str, Any]) -> Update | None:
    callback, data = query.get("id"), query.get("data")
    message = _dict(query.get("message"))
    # For a message that is too old, Telegram sends only its chat and number.
    chat = _private_chat(message)
    if chat is None or _id(_dict(query.get("from")).get("id")) != chat or not isinstance(callback, str):
        return None
    words = data if isinstance(data, str) else ""
    return Update(number, "press", chat, words, callback[:200], below=_id(message.get("message_id")))


def _membership(number: int, change: dict[str, Any]) -> Update | None:
    chat = _private_chat(change)
    status = _dict(change.get("new_chat_member")).get("status")
    return Update(number, "blocked", chat) if chat is not None and status in ("kicked", "left") else None
