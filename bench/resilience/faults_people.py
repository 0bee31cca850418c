"""Simulated people on the four channels: what they see during a fault, and after how many seconds."""

from __future__ import annotations

import re
import time
import uuid
from abc import ABC, abstractmethod
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any
from xml.etree import ElementTree

import httpx
from playwright.sync_api import Page, sync_playwright

from testing.bot_api import BotApi
from testing.servers import QUIET, find_chromium
from testing.stack import Phone
from testing.twilio import Twilio

#: Seconds that a person waits for a message.
PATIENCE = 100.0
#: Twilio's timeout for the response to its webhook, in seconds.
TWILIO_WAITS = 15.0
#: Shown in the table where no message of ours can reach the person.
CLOSED = "(the connection is closed: the caller knows at once)"
FALLBACK = "(not taken in: Twilio calls the fallback address of docs/sms.md)"


@dataclass(frozen=True)
class Seen:
    """The first message: its text (``None``: none came), and the seconds until it came."""

    words: str | None
    seconds: float


class Person(ABC):
    """A person with a conversation. All their actions run in one thread of their own, in order."""

    channel: str

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix=self.channel)
        self._seen_before = 0

    def do(self, act: Callable[..., Any], *args: Any) -> Future[Any]:
        """Starts ``act`` in this person's thread."""
        return self._thread.submit(act, *args)

    def say(self, text: str, patience: float = PATIENCE) -> Seen:
        """Sends ``text`` and waits up to ``patience`` seconds for the first message."""
        self._seen_before = len(self.inbox())
        began = time.monotonic()
        heard = self.send(text)
        if heard is not None:
            return Seen(heard, time.monotonic() - began)
        while time.monotonic() - began < patience:
            if found := self.notice() or next(iter(self.since()), None):
                return Seen(found, time.monotonic() - began)
            time.sleep(0.05)
        return Seen(None, time.monotonic() - began)

    def since(self) -> list[str]:
        """All messages since the last one sent."""
        return self.inbox()[self._seen_before :]

    def notice(self) -> str | None:
        """What the person's own client reports, outside the conversation, or ``None``."""
        return None

    def close(self) -> None:
        """Ends the connection and the thread."""
        self._thread.shutdown()

    @abstractmethod
    def send(self, text: str) -> str | None:
        """Sends ``text``; returns an immediate result in place of an answer, or ``None``."""

    @abstractmethod
    def inbox(self) -> list[str]:
        """All messages of the bot so far."""


class Rest(Person):
    """A client of the REST channel."""

    channel = "REST"

    def __init__(self, address: str) -> None:
        super().__init__()
        self.address, self.sender = address, uuid.uuid4().hex
        self._got: list[str] = []

    def send(self, text: str) -> str | None:
        body = {"sender": self.sender, "message": text}
        try:
            answer = httpx.post(f"{self.address}/webhooks/rest/webhook", json=body, timeout=PATIENCE, trust_env=False)
            self._got += [m.get("text", "") for m in answer.json()]
        except (httpx.HTTPError, ValueError):
            return CLOSED
        return None

    def inbox(self) -> list[str]:
        return self._got


class Text(Person):
    """A person on SMS. The double simulates Twilio's API, this class its webhooks."""

    channel = "SMS"

    def __init__(self, address: str, double: Twilio) -> None:
        super().__init__()
        self.address, self.double, self.phone = address, double, Phone()
        self._replies: list[tuple[float, str]] = []

    def send(self, text: str) -> str | None:
        try:
            answer = Phone.post(self.phone.params(text), server=self.address, timeout=TWILIO_WAITS)
        except httpx.HTTPError:
            return FALLBACK
        if answer.status_code != 200:
            return FALLBACK
        said = ElementTree.fromstring(answer.text)  # noqa: S314 - our own server's
        self._replies += [(time.time(), node.text or "") for node in said.iter("Message")]
        return None

    def inbox(self) -> list[str]:
        sent = [(row["at"], row["Body"]) for row in list(self.double.sent) if row["To"] == self.phone.number]
        return [body for _at, body in sorted([*self._replies, *sent])]


class Telegram(Person):
    """A person on Telegram, which repeats an update until it is acknowledged."""

    channel = "Telegram"
    _ids = iter(range(6_000_000_001, 6_999_999_999))

    def __init__(self, address: str, double: BotApi) -> None:
        super().__init__()
        self.double, self.chat = double, next(self._ids)
        self.address = f"{address}/webhooks/telegram/webhook"

    def send(self, text: str) -> str | None:
        update = self.double.update(message=self.double.new_message(self.chat, text=text))
        self._deliver = ThreadPoolExecutor(max_workers=1)
        self._deliver.submit(self._until_taken, update)
        return None

    def _until_taken(self, update: dict[str, Any]) -> None:
        headers = {"x-telegram-bot-api-secret-token": self.double.webhook["secret_token"]}
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            try:
                if httpx.post(self.address, json=update, headers=headers, timeout=20, trust_env=False).is_success:
                    return
            except httpx.HTTPError:
                pass
            time.sleep(1)

    def inbox(self) -> list[str]:
        rows = list(self.double.messages.get(self.chat, {}).values())
        return [row["text"] for row in rows if row["from"]["is_bot"]]


class Web(Person):
    """A person at the widget, in a real browser."""

    channel = "web"

    def __init__(self, address: str) -> None:
        super().__init__()
        self.address = address
        self.page: Page
        self.do(self._open).result(60)

    def _open(self) -> None:
        self._play = sync_playwright().start()
        self._browser = self._play.chromium.launch(executable_path=find_chromium(), args=list(QUIET))
        self.page = self._browser.new_page(viewport={"width": 1100, "height": 800})
        self.page.goto(self.address, wait_until="load")
        end = time.monotonic() + 20
        while time.monotonic() < end and "session" not in (self.page.evaluate("sessionStorage.wp") or ""):
            self.page.wait_for_timeout(100)

    def send(self, text: str) -> str | None:
        box = self.page.get_by_label("Tell us what is going on")
        box.fill(text)
        box.press("Enter")
        return None

    def inbox(self) -> list[str]:
        self.page.wait_for_timeout(20)  # the page's events are handled only during a call of the driver
        return [_plain(words) for words in self.page.get_by_role("log").locator(".bot:not(.start)").all_inner_texts()]

    def notice(self) -> str | None:
        alert = self.page.get_by_role("alert").first
        return _plain(alert.inner_text()) if alert.is_visible() else None

    def _shut(self) -> None:
        self._browser.close()
        self._play.stop()

    def close(self) -> None:
        self.do(self._shut).result(30)
        super().close()


def _plain(words: str) -> str:
    return re.sub(r"\s+", " ", words).strip()
