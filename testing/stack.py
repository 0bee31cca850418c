"""The real servers between doubles of Twilio and Telegram, and simulated people."""

from __future__ import annotations

import atexit
import signal
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import httpx
from twilio.request_validator import RequestValidator

from testing import bot_api, twilio
from testing.ports import free_port, wait_for
from whichpath.settings import child_environment

ROOT = Path(__file__).resolve().parents[1]
PUBLIC_URL = "https://bot.example.org"
HOOK = "/webhooks/sms/webhook"


def database_bytes(folder: Path) -> bytes:
    """The database's content on disk: its file and its write-ahead log.

    The third file (``-shm``) is an index without texts, which SQLite may remove at any time.
    """
    return b"".join(p.read_bytes() for suffix in ("", "-wal") if (p := folder / f"whichpath.db{suffix}").exists())


class Stack:
    """Action server and Rasa, with their own database."""

    def __init__(self, **environment: str) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="whichpath-"))
        self.port, self.action_port = free_port(), free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.environment = child_environment(
            WHICHPATH_PORT=str(self.port),
            WHICHPATH_ACTION_PORT=str(self.action_port),
            WHICHPATH_DB_URL=f"sqlite:///{self.folder}/whichpath.db",
            WHICHPATH_SECRET="a secret for the tests alone",
            # Logs must not contain people's words at any level (tests/privacy/test_logs.py).
            LOG_LEVEL="DEBUG",
            LOG_LEVEL_LIBRARIES="DEBUG",
            WHICHPATH_TURN_SECONDS="25",  # tolerates a busy machine
            **environment,
        )
        self.actions = self._start("whichpath.server.action_server", "actions.log")
        self.rasa = self._start("whichpath.server.serve", "rasa.log")
        atexit.register(self.close)

    def _start(self, module: str, log: str) -> subprocess.Popen:
        with open(self.folder / log, "ab") as file:
            command = [sys.executable, "-m", module]
            return subprocess.Popen(command, cwd=ROOT, env=self.environment, stdout=file, stderr=file)

    def ready(self, seconds: float = 240) -> None:
        """Waits until both are ready.

        Raises:
            TimeoutError: they are not within ``seconds``.
        """

        def both() -> bool:
            assert self.rasa.poll() is None and self.actions.poll() is None, self.log()
            return httpx.get(f"{self.url}/health/ready", timeout=3).status_code == 200

        wait_for(both, seconds, 0.1)

    def kill(self) -> None:
        """Kills Rasa (-9)."""
        self.rasa.send_signal(signal.SIGKILL)
        self.rasa.wait(10)

    def restart(self) -> None:
        """Starts Rasa again."""
        self.rasa = self._start("whichpath.server.serve", "rasa.log")

    def log(self) -> str:
        """The output of both processes."""
        return "".join(path.read_text(errors="replace") for path in sorted(self.folder.glob("*.log")))

    def close(self) -> None:
        """Stops both processes."""
        for process in (self.rasa, self.actions):
            if process.poll() is None:
                process.terminate()
        for process in (self.rasa, self.actions):
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()


@lru_cache(maxsize=1)
def telegram() -> bot_api.BotApi:
    """The Bot API double, shared by the test session."""
    double = bot_api.BotApi()
    atexit.register(double.close)
    return double


@lru_cache(maxsize=1)
def texts() -> twilio.Twilio:
    """The Twilio double, shared by the test session."""
    double = twilio.Twilio()
    atexit.register(double.close)
    return double


@lru_cache(maxsize=1)
def stack() -> Stack:
    """The servers with both channels enabled, shared by the test session."""
    running = Stack(
        TWILIO_ACCOUNT_SID=twilio.SID,
        TWILIO_AUTH_TOKEN=twilio.TOKEN,
        TWILIO_FROM=twilio.NUMBER,
        TWILIO_API_URL=texts().url,
        WHICHPATH_PUBLIC_URL=PUBLIC_URL,
        WHICHPATH_CONTACT="help@legal-aid.example.org",
        TELEGRAM_TOKEN=bot_api.TOKEN,
        TELEGRAM_SECRET=bot_api.SECRET,
        TELEGRAM_API_URL=telegram().url,
    )
    telegram().webhook = {"url": f"{running.url}/webhooks/telegram/webhook", "secret_token": bot_api.SECRET}
    running.ready()
    return running


class Phone:
    """A person on SMS. ``last``: the last text received."""

    _numbers = iter(range(15551000000, 15559999999))

    def __init__(self) -> None:
        self.number = f"+{next(self._numbers)}"
        self.last = ""
        self.got: list[str] = []

    def params(self, text: str, **more: str) -> dict[str, str]:
        """The form fields that Twilio posts, including blank ones."""
        return {
            "ToCountry": "US", "ToState": "", "SmsMessageSid": "", "NumMedia": "0", "ToCity": "", "FromZip": "",
            "MessageSid": f"SM{uuid.uuid4().hex}", "SmsStatus": "received", "FromState": "OH", "FromCity": "",
            "Body": text, "FromCountry": "US", "To": twilio.NUMBER, "NumSegments": "1", "AccountSid": twilio.SID,
            "From": self.number, "ApiVersion": "2010-04-01", **more,
        }  # fmt: skip

    @staticmethod
    def post(
        params: dict[str, str],
        signature: str | None = None,
        query: str = "",
        server: str | None = None,
        timeout: float = 20,
    ) -> httpx.Response:
        """Posts a webhook to ``server`` or the session's. ``signature``: default one of Twilio's library."""
        url = f"{PUBLIC_URL}{HOOK}{query}"
        signature = RequestValidator(twilio.TOKEN).compute_signature(url, params) if signature is None else signature
        headers = {"X-Twilio-Signature": signature, "content-type": "application/x-www-form-urlencoded"}
        address = f"{server or stack().url}{HOOK}{query}"
        return httpx.post(address, content=urlencode(params), headers=headers, timeout=timeout)

    def send(self, text: str, **more: str) -> dict[str, str]:
        """Sends without waiting for an answer."""
        params = self.params(text, **more)
        answer = self.post(params)
        assert answer.status_code == 200 and "<Response>" in answer.text, (answer.status_code, answer.text)
        return params

    def say(self, text: str, **more: str) -> str:
        """Sends, and waits for the answer."""
        before = len(self.inbox())
        self.send(text, **more)
        wait_for(lambda: len(self.inbox()) > before)
        self.got = self.inbox()[before:]
        self.last = self.got[-1]
        return self.last

    def inbox(self) -> list[str]:
        """All texts received."""
        return texts().to(self.number)

    def silent(self, seconds: float = 1.0) -> bool:
        """Whether no text comes within ``seconds``."""
        before = len(self.inbox())
        time.sleep(seconds)
        return len(self.inbox()) == before

    def choices(self) -> list[str]:
        """The titles of the numbered choices in the last text, in order."""
        lines = [line.split(" ", 1) for line in self.last.splitlines() if line[:2].strip().isdigit() and " " in line]
        return [title for _number, title in lines]


class Chat:
    """A person on Telegram. ``last``: the newest message of the bot."""

    _ids = iter(range(5_000_000_001, 5_999_999_999))

    def __init__(self) -> None:
        self.id = next(self._ids)
        self.api = telegram()
        self.last: dict = {}
        self.got: list[dict] = []

    def bot_messages(self) -> list[dict]:
        """The bot's messages that were not deleted."""
        return [m for m in list(self.api.messages.get(self.id, {}).values()) if m["from"]["is_bot"]]

    def _answered(self, deliver: Callable[[], object]) -> dict:
        before = max((m["message_id"] for m in self.bot_messages()), default=0)
        deliver()
        self.got = wait_for(lambda: [m for m in self.bot_messages() if m["message_id"] > before])
        self.last = self.got[-1]
        return self.last

    def say(self, text: str) -> dict:
        """Sends ``text``, and waits for the answer."""
        return self.sends(text=text)

    def sends(self, **content: Any) -> dict:
        """Sends a message of any kind, and waits for the answer."""
        return self._answered(lambda: self.deliver(message=self.api.new_message(self.id, **content)))

    def deliver(self, **content: object) -> httpx.Response:
        """Posts an update with a new message to the bot."""
        answer = self.api.deliver(self.api.update(**content), self.api.webhook["url"])
        assert answer.status_code == 200, answer.text
        return answer

    def buttons(self) -> dict[str, str]:
        """The buttons of the last message, title -> data."""
        rows = self.last.get("reply_markup", {}).get("inline_keyboard", [])
        return {button["text"]: button["callback_data"] for row in rows for button in row}

    def press(self, title: str) -> dict:
        """Presses a button, and waits for the answer."""
        update = self.api.press(self.last, self.buttons()[title])
        answer = self._answered(lambda: self.api.deliver(update))
        wait_for(lambda: self.api.queries[update["callback_query"]["id"]])
        return answer

    def change(self, title: str) -> dict:
        """Presses a button that edits the last message, and waits for the edit."""
        before, number = self.last, self.last["message_id"]
        update = self.api.press(before, self.buttons()[title])
        self.api.deliver(update)
        wait_for(lambda: self.api.queries[update["callback_query"]["id"]])
        wait_for(lambda: self.api.messages[self.id][number] is not before)
        self.last = self.api.messages[self.id][number]
        return self.last
