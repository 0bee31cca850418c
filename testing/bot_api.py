"""A strict double of Telegram's Bot API: a real HTTP server that enforces the documented rules.

It refuses what Telegram refuses, and records in ``complaints`` some faults that Telegram accepts (unknown fields, a
callback query without an answer). Limits: core.telegram.org/bots/api, version 9.
"""

from __future__ import annotations

import itertools
import json
import re
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx

from testing.http_double import answer_json, body_of, handler_for
from testing.ports import free_port

TOKEN, SECRET = "123456789:AAExampleTokenForTestsOnly_0123456789", "secret-for-tests_0123456789"
#: Most bytes of a button's data.
TOKEN_LIMIT = 64
UPDATES = {"message", "edited_message", "channel_post", "edited_channel_post", "callback_query", "my_chat_member"}
FIELDS = {
    "sendMessage": {"chat_id", "text", "entities", "reply_markup", "link_preview_options", "disable_notification"},
    "editMessageText": {"chat_id", "message_id", "text", "entities", "reply_markup", "link_preview_options"},
    "editMessageReplyMarkup": {"chat_id", "message_id", "reply_markup"},
    "answerCallbackQuery": {"callback_query_id", "text", "show_alert", "url", "cache_time"},
    "deleteMessages": {"chat_id", "message_ids"},
    "setWebhook": {"url", "secret_token", "allowed_updates", "max_connections", "drop_pending_updates"},
    "deleteWebhook": {"drop_pending_updates"},
    "getWebhookInfo": set(),
    "setMyCommands": {"commands"},
}
REQUIRED = {
    "sendMessage": {"chat_id", "text"},
    "editMessageText": {"chat_id", "message_id", "text"},
    "editMessageReplyMarkup": {"chat_id", "message_id"},
    "answerCallbackQuery": {"callback_query_id"},
    "deleteMessages": {"chat_id", "message_ids"},
    "setWebhook": {"url"},
    "setMyCommands": {"commands"},
}


class Fault(Exception):
    """An error response of the Bot API."""

    def __init__(self, status: int, description: str, parameters: dict | None = None) -> None:
        super().__init__(description)
        self.status, self.description, self.parameters = status, description, parameters


class BotApi:
    """The server. ``messages``: what chats show; ``faults``: method -> errors for its next calls."""

    def __init__(self) -> None:
        self.messages: dict[int, dict[int, dict]] = {}
        self.calls: list[tuple[str, dict, float]] = []
        self.complaints: list[str] = []
        self.faults: dict[str, list] = {}
        self.blocked: set[int] = set()
        self.webhook: dict[str, Any] = {}
        self.commands: list[dict] = []
        self.queries: dict[str, bool] = {}
        self.limit_until: dict[int, float] = {}
        self._numbers = itertools.count(1)
        self._updates = itertools.count(700_000_001)
        self._lock = threading.Lock()
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.server = ThreadingHTTPServer(("127.0.0.1", self.port), handler_for(self, "HTTP/1.1"))
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self) -> None:
        """Stops the server."""
        self.server.shutdown()

    # --- from Telegram to the bot: updates ---

    def new_message(self, chat: int, by_bot: bool = False, **content: Any) -> dict:
        """Adds a message to a chat and returns it."""
        number = next(self._numbers)
        message = {
            "message_id": number,
            "date": int(time.time()),
            "chat": {"id": chat, "type": "private", "first_name": "Ann"},
            "from": {"id": 123456789 if by_bot else chat, "is_bot": by_bot, "first_name": "Ann", "language_code": "en"},
            **content,
        }
        with self._lock:
            self.messages.setdefault(chat, {})[number] = message
        return message

    def update(self, **content: Any) -> dict:
        """An update with a new id."""
        return {"update_id": next(self._updates), **content}

    def deliver(self, update: dict, url: str | None = None, tries: int = 5) -> httpx.Response:
        """Posts an update up to ``tries`` times until it is acknowledged; returns the last response."""
        kind = next(name for name in update if name != "update_id")
        allowed = self.webhook.get("allowed_updates")
        assert not allowed or kind in allowed or url, f"{kind} was not asked for"
        headers = {"x-telegram-bot-api-secret-token": self.webhook["secret_token"]}
        for _attempt in range(tries):
            answer = httpx.post(url or self.webhook["url"], json=update, headers=headers, timeout=20)
            if answer.is_success:
                return answer
            time.sleep(0.2)
        return answer

    def press(self, message: dict, data: str) -> dict:
        """The update for a press of the button with ``data`` below ``message``."""
        query = f"{next(self._numbers)}{int(time.time())}"
        self.queries[query] = False
        person = {"id": message["chat"]["id"], "is_bot": False, "first_name": "Ann"}
        body = {"id": query, "from": person, "message": message, "chat_instance": "1", "data": data}
        return self.update(callback_query=body)

    # --- from the bot to Telegram: methods ---

    def post(self, request: BaseHTTPRequestHandler) -> None:
        """Handles a method call."""
        answer_json(request, *self.answer(request.path, body_of(request)))

    def get(self, request: BaseHTTPRequestHandler) -> None:
        """Refuses GET: the bot must use POST."""
        answer_json(request, 405, {"ok": False, "error_code": 405, "description": "Method Not Allowed"})

    def answer(self, path: str, body: bytes) -> tuple[int, dict]:
        """The status and body of the response to a call."""
        try:
            match = re.fullmatch(r"/bot([^/]+)/(\w+)", path)
            if match is None or match[1] != TOKEN:
                raise Fault(401 if match else 404, "Unauthorized" if match else "Not Found")
            params = json.loads(body or b"{}")
            self.calls.append((match[2], params, time.time()))
            return 200, {"ok": True, "result": self._call(match[2], params)}
        except Fault as fault:
            value: dict[str, Any] = {"ok": False, "error_code": fault.status, "description": fault.description}
            if fault.parameters:
                value["parameters"] = fault.parameters
            return fault.status, value

    def _call(self, method: str, params: dict) -> Any:
        if method not in FIELDS:
            raise Fault(404, "Not Found")
        if waiting := self.faults.get(method):
            raise waiting.pop(0)
        unknown = set(params) - FIELDS[method]
        if unknown:
            self.complaints.append(f"{method}: unknown {sorted(unknown)}")
        if REQUIRED.get(method, set()) - set(params):
            raise Fault(400, "Bad Request: a parameter is missing")
        return getattr(self, f"_{method}")(params)

    def _chat(self, params: dict) -> int:
        chat = params["chat_id"]
        if not isinstance(chat, int):
            raise Fault(400, "Bad Request: chat not found")
        if chat in self.blocked:
            raise Fault(403, "Forbidden: bot was blocked by the user")
        if chat not in self.messages:
            raise Fault(403, "Forbidden: bot can't initiate conversation with a user")
        return chat

    def _waited(self, chat: int) -> None:
        if time.time() < self.limit_until.get(chat, 0):
            self.complaints.append("called before retry_after was over")
            raise Fault(429, "Too Many Requests", {"retry_after": 1})

    def _content(self, params: dict) -> dict:
        """Text, entities and buttons, validated and normalised like Telegram does."""
        text = params["text"]
        units = len(text.encode("utf-16-le")) // 2
        if not text.strip():
            raise Fault(400, "Bad Request: message text is empty")
        if units > 4096:
            raise Fault(400, "Bad Request: message is too long")
        for entity in params.get("entities") or ():
            if set(entity) != {"type", "offset", "length"} or entity["type"] not in ("bold", "italic"):
                raise Fault(400, "Bad Request: can't parse MessageEntity")
            if not 0 <= entity["offset"] < entity["offset"] + entity["length"] <= units:
                self.complaints.append("an entity outside of its text")  # Telegram drops it
        entities = {"entities": params["entities"]} if params.get("entities") else {}
        return {"text": text, **entities, **self._markup(params)}

    def _markup(self, params: dict) -> dict:
        markup = params.get("reply_markup") or {}
        for row in markup.get("inline_keyboard", ()):
            if len(row) > 2:
                self.complaints.append("more than two choices in a row")
            for button in row:
                if not button.get("text") or not 1 <= len(button.get("callback_data", "").encode()) <= TOKEN_LIMIT:
                    raise Fault(400, "Bad Request: BUTTON_DATA_INVALID")
        return {"reply_markup": markup} if markup.get("inline_keyboard") else {}

    def _sendMessage(self, params: dict) -> dict:
        chat = self._chat(params)
        self._waited(chat)
        return self.new_message(chat, by_bot=True, **self._content(params))

    def _edited(self, params: dict, content: dict, kept: set[str]) -> dict:
        chat = self._chat(params)
        self._waited(chat)
        message = self.messages[chat].get(params["message_id"])
        if message is None:
            raise Fault(400, "Bad Request: message to edit not found")
        if not message["from"]["is_bot"]:
            raise Fault(400, "Bad Request: message can't be edited")
        changed = {**{k: v for k, v in message.items() if k in kept}, **content}
        if changed == {k: v for k, v in message.items() if k != "edit_date"}:
            raise Fault(
                400,
                "Bad Request: message is not modified: specified new message content and reply markup are exactly "
                "the same as a current content and reply markup of the message",
            )
        with self._lock:
            self.messages[chat][params["message_id"]] = {**changed, "edit_date": int(time.time())}
        return self.messages[chat][params["message_id"]]

    def _editMessageText(self, params: dict) -> dict:
        return self._edited(params, self._content(params), {"message_id", "date", "chat", "from"})

    def _editMessageReplyMarkup(self, params: dict) -> dict:
        kept = {"message_id", "date", "chat", "from", "text", "entities"}
        return self._edited(params, self._markup(params), kept)

    def _answerCallbackQuery(self, params: dict) -> bool:
        query = params["callback_query_id"]
        if query not in self.queries:
            raise Fault(400, "Bad Request: query is too old and response timeout expired or query ID is invalid")
        self.queries[query] = True
        return True

    def _deleteMessages(self, params: dict) -> bool:
        chat = self._chat(params)
        numbers = params["message_ids"]
        if not 1 <= len(numbers) <= 100:
            raise Fault(400, "Bad Request: too many messages")
        for number in numbers:
            message = self.messages[chat].get(number)
            if message is not None and time.time() - message["date"] < 48 * 3600:
                del self.messages[chat][number]
        return True

    def _setWebhook(self, params: dict) -> bool:
        if not re.match(r"https://|http://127\.0\.0\.1[:/]", params["url"]):
            raise Fault(400, "Bad Request: bad webhook: An HTTPS URL must be provided for webhook")
        if not re.fullmatch(r"[A-Za-z0-9_-]{1,256}", params.get("secret_token", "")):
            raise Fault(400, "Bad Request: secret token contains unallowed characters")
        if set(params.get("allowed_updates", ())) - UPDATES:
            raise Fault(400, "Bad Request: unknown update type")
        self.webhook = dict(params)
        return True

    def _deleteWebhook(self, _params: dict) -> bool:
        self.webhook = {}
        return True

    def _getWebhookInfo(self, _params: dict) -> dict:
        return {"url": self.webhook.get("url", ""), "has_custom_certificate": False, "pending_update_count": 0}

    def _setMyCommands(self, params: dict) -> bool:
        for row in params["commands"]:
            if not re.fullmatch(r"[a-z0-9_]{1,32}", row["command"]) or not 1 <= len(row["description"]) <= 256:
                raise Fault(400, "Bad Request: BOT_COMMAND_INVALID")
        self.commands = params["commands"]
        return True
