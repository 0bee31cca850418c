"""A double of Twilio and Telegram for reminders: one small HTTP server."""

from __future__ import annotations

import json
import threading
import time
from datetime import datetime, timezone
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs

from testing.http_double import answer_json, body_of, handler_for

SID, SMS_TOKEN, NUMBER = "AC" + "0" * 31 + "1", "test-auth-token", "+15005550006"
BOT_TOKEN, BOT_SECRET = "123456789:AAExampleTokenForTestsOnly_0123456789", "secret-for-tests_0123456789"


class Provider:
    """``sent``: (address, text). ``faults``: a status, ``lost`` (accepted, no response), ``hang`` (neither)."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, str, float]] = []
        self.faults: list = []
        self.posts = 0
        self.released = threading.Event()
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), handler_for(self))
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def environment(self) -> dict[str, str]:
        """The settings that enable both channels with this server."""
        return {
            "TWILIO_ACCOUNT_SID": SID,
            "TWILIO_AUTH_TOKEN": SMS_TOKEN,
            "TWILIO_FROM": NUMBER,
            "TWILIO_API_URL": self.url,
            "WHICHPATH_PUBLIC_URL": "https://bot.example.org",
            "TELEGRAM_TOKEN": BOT_TOKEN,
            "TELEGRAM_SECRET": BOT_SECRET,
            "TELEGRAM_API_URL": self.url,
        }

    def get(self, request: BaseHTTPRequestHandler) -> None:
        """The texts that were sent."""
        rows = [
            {"to": to, "body": body, "date_created": format_datetime(datetime.fromtimestamp(at, timezone.utc))}
            for to, body, at in self.sent
        ]
        answer_json(request, 200, {"messages": rows})

    def post(self, request: BaseHTTPRequestHandler) -> None:
        """Records a message, or simulates the next fault."""
        body = body_of(request).decode()
        self.posts += 1
        fault = self.faults.pop(0) if self.faults else None
        if fault == "hang":
            self.released.wait(60)
            return
        if isinstance(fault, tuple):
            answer_json(request, 400, {"code": fault[1], "ok": False, "error_code": fault[1], "description": "no"})
            return
        if isinstance(fault, int):
            answer_json(request, fault, {"ok": False, "error_code": fault, "description": "fault"})
            return
        if request.path.endswith("/sendMessage"):
            fields = json.loads(body)
            self.sent.append((str(fields["chat_id"]), fields["text"], time.time()))
            value, status = {"ok": True, "result": {"message_id": 4711}}, 200
        else:
            form = {name: values[0] for name, values in parse_qs(body).items()}
            self.sent.append((form["To"], form["Body"], time.time()))
            value, status = {"sid": "SM1"}, 201
        if fault == "lost":
            self.released.wait(60)
            return
        answer_json(request, status, value)

    def close(self) -> None:
        """Stops the server."""
        self.released.set()
        self.server.shutdown()
