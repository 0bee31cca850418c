"""Simulated people with turns in progress when a process is killed, and checks of their conversations."""

from __future__ import annotations

import asyncio
import json
import secrets
import time
import uuid
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

import httpx
from twilio.request_validator import RequestValidator

from testing import twilio
from testing.page import Page
from testing.stack import HOOK, PUBLIC_URL
from whichpath.store.identity import pseudonym, session_sender

#: Seconds after which an acknowledged message counts as unanswered.
SILENT = 60.0


class Silent(Exception):
    """An acknowledged message was not answered."""


class Person(ABC):
    """A person who sends one message at a time. ``phase``: the progress of the current message."""

    def __init__(self) -> None:
        self.said: list[str] = []
        #: Indices of messages that were postponed ("try again"): the conversation need not contain them.
        self.put_off: list[int] = []
        self.phase = "not sent"

    async def say(self, text: str) -> str:
        """Sends ``text`` until it is acknowledged, waits, and returns the answer.

        Raises:
            Silent: no answer came.
        """
        self.said.append(text)
        self.phase = "sent"
        answer = await self._talk(text)
        self.phase = "answered"
        return answer

    @abstractmethod
    async def _talk(self, text: str) -> str:
        """Sends by this channel; returns the answer."""

    @property
    @abstractmethod
    def sender(self) -> str:
        """The sender id in the database."""

    @abstractmethod
    async def twice(self) -> int:
        """The number of answers that came more than once or changed, for the final check."""

    @abstractmethod
    async def close(self) -> None:
        """Ends the connection."""


class OnTheWeb(Person):
    """A person at the widget (``widget/src/connection.ts``), which resends what a restarted server does not know."""

    def __init__(self, url: str) -> None:
        super().__init__()
        self.page, self._got = Page(url), dict[str, list[str]]()

    async def _talk(self, text: str) -> str:
        question, end, acknowledged, resets = secrets.token_hex(12), time.monotonic() + SILENT, False, self.page.resets
        while time.monotonic() < end:
            try:
                if not self.page.connected:
                    await self.page.come()
                if acknowledged and self.page.resets > resets and not self._known(question):
                    acknowledged = False
                if not acknowledged:
                    resets = self.page.resets
                    acknowledged = bool((await self.page.send(text, question))["ok"])
                    self.phase = "acknowledged" if acknowledged else "sent"
            except OSError:
                await asyncio.sleep(0.2)
                continue
            if self.page.said(question) and question not in self.page.open:
                self._got[question] = self.page.said(question)
                return "\n".join(self._got[question])
            await asyncio.sleep(0.01)
        raise Silent

    def _known(self, question: str) -> bool:
        return question in self.page.open or any(line["id"] == question for line in self.page.lines)

    @property
    def sender(self) -> str:
        """See :class:`Person`."""
        return str(session_sender(self.page.session))

    async def twice(self) -> int:
        """Opens a second page and counts the differences: it must show the same messages, each once."""
        whole = await Page(self.page.url.split("/chat/")[0], self.page.session).come()
        wrong = sum(whole.said(question) != answer for question, answer in self._got.items())
        wrong += [line["text"] for line in whole.lines if line["who"] == "me"] != self.said
        await whole.leave()
        return wrong

    async def close(self) -> None:
        """See :class:`Person`."""
        await self.page.leave()


class ByText(Person):
    """A person on SMS: the webhook is repeated under the same id until it is acknowledged."""

    _numbers = iter(range(15553000000, 15559999999))

    def __init__(self, url: str, double: twilio.Twilio) -> None:
        super().__init__()
        self.url, self.double, self.number = url, double, f"+{next(self._numbers)}"

    async def _talk(self, text: str) -> str:
        params = {"MessageSid": f"SM{uuid.uuid4().hex}", "From": self.number, "To": twilio.NUMBER, "Body": text}
        params |= {"AccountSid": twilio.SID, "NumMedia": "0"}
        signature = RequestValidator(twilio.TOKEN).compute_signature(f"{PUBLIC_URL}{HOOK}", params)
        headers = {"X-Twilio-Signature": signature, "content-type": "application/x-www-form-urlencoded"}
        end = time.monotonic() + SILENT
        async with httpx.AsyncClient(timeout=15, trust_env=False) as http:
            while time.monotonic() < end and self.phase == "sent":
                try:
                    answer = await http.post(f"{self.url}{HOOK}", content=urlencode(params), headers=headers)
                    if answer.status_code == 200:
                        self.phase = "acknowledged"
                except httpx.HTTPError:
                    await asyncio.sleep(0.2)
        while time.monotonic() < end:
            got = self.double.to(self.number)
            if len(got) >= len(self.said):
                return str(got[len(self.said) - 1])
            await asyncio.sleep(0.02)
        raise Silent

    @property
    def sender(self) -> str:
        """See :class:`Person`."""
        return pseudonym("sms", self.number)

    async def twice(self) -> int:
        """The difference between the numbers of answers and messages: each message gets one text."""
        return abs(len(self.double.to(self.number)) - len(self.said))

    async def close(self) -> None:
        """Nothing to close."""


def broken(said: Sequence[str], rows: Sequence[Any], put_off: Sequence[int] = ()) -> list[str]:
    """The faults of a stored conversation. ``rows``: of the table ``events``, ordered by id.

    ``put_off``: indices of the messages in ``said`` that may be missing because they were postponed.
    """
    wrong = []
    users = [json.loads(row.data).get("text") for row in rows if row.type_name == "user"]
    for number in reversed(put_off):
        if (Counter(said) - Counter(users))[said[number]]:
            said = [*said[:number], *said[number + 1 :]]
    if Counter(said) - Counter(users):
        wrong.append("lost")
    if Counter(users) - Counter(said):
        wrong.append("twice")
    times = [row.timestamp for row in rows]
    if times != sorted(times) or (users != list(said) and not wrong):
        wrong.append("order")
    if len({row.data for row in rows}) < len(rows):
        wrong.append("twice")
    answered = True
    for row in rows:
        if row.type_name == "user":
            if not answered:
                wrong.append("silent")
            answered = False
        answered = answered or row.type_name == "bot"
    return wrong if answered else [*wrong, "silent"]
