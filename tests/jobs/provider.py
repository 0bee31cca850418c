"""Twilio and Telegram as far as a reminder meets them, as one small HTTP server of its own."""

from __future__ import annotations

import json
import threading
import time
from datetime import datetime, timezone
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs

SID, SMS_TOKEN, NUMBER = "AC" + "0" * 31 + "1", "test-auth-token", "+15005550006"
BOT_TOKEN, BOT_SECRET = "123456789:AAExampleTokenForTestsOnly_0123456789", "secret-for-tests_0123456789"


class Provider:
    """``sent`` holds (address, text). ``faults``: a status, ``lost`` (taken, no answer), ``hang`` (neither)."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, str, float]] = []
        self.faults: list = []
        self.posts = 0
        self.released = threading.Event()
        double = self

        class Handler(BaseHTTPRequestHandler):
            def log_message(self, *_args) -> None:
                """Silent."""

            def do_POST(self) -> None:
                double.post(self)

            def do_GET(self) -> None:
                rows = [
                    {"to": to, "body": body, "date_created": format_datetime(datetime.fromtimestamp(at, timezone.utc))}
                    for to, body, at in double.sent
                ]
                double.answer(self, 200, {"messages": rows})

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def environment(self) -> dict[str, str]:
        """Both channels switched on, towards this server."""
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

    def post(self, request: BaseHTTPRequestHandler) -> None:
        """A text or a message, or the next fault."""
        body = request.rfile.read(int(request.headers.get("content-length") or 0)).decode()
        self.posts += 1
        fault = self.faults.pop(0) if self.faults else None
        if fault == "hang":
            self.released.wait(60)
            return
        if isinstance(fault, tuple):
            self.answer(request, 400, {"code": fault[1], "ok": False, "error_code": fault[1], "description": "no"})
            return
        if isinstance(fault, int):
            self.answer(request, fault, {"ok": False, "error_code": fault, "description": "fault"})
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
        self.answer(request, status, value)

    @staticmethod
    def answer(request: BaseHTTPRequestHandler, status: int, value: dict) -> None:
        """Answers; whoever was killed meanwhile does not mind."""
        content = json.dumps(value).encode()
        try:
            request.send_response(status)
            request.send_header("content-type", "application/json")
            request.send_header("content-length", str(len(content)))
            request.end_headers()
            request.wfile.write(content)
        except OSError:
            pass

    def close(self) -> None:
        """Ends the server."""
        self.released.set()
        self.server.shutdown()
