"""People whose turns are under way when something is killed, and what is left of their conversation."""

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

#: Seconds after which an acknowledged message without an answer counts as silent.
SILENT = 60.0


class Silent(Exception):
    """An acknowledged message got no answer."""


class Person(ABC):
    """Somebody who says one thing after the other. ``phase`` is how far the message of now has come."""

    def __init__(self) -> None:
        self.said: list[str] = []
        #: Which of them was answered "not now, try again": the conversation need not hold it.
        self.put_off: list[int] = []
        self.phase = "not sent"

    async def say(self, text: str) -> str:
        """Sends ``text`` until it is acknowledged, waits, and returns the answer.

        Raises:
            Silent: none came.
        """
        self.said.append(text)
        self.phase = "sent"
        answer = await self._talk(text)
        self.phase = "answered"
        return answer

    @abstractmethod
    async def _talk(self, text: str) -> str:
        """The way of the channel."""

    @property
    @abstractmethod
    def sender(self) -> str:
        """Who this is in the database."""

    @abstractmethod
    async def twice(self) -> int:
        """How many answers came more often than once, or were changed by what happened."""

    @abstractmethod
    async def close(self) -> None:
        """Goes away."""


class OnTheWeb(Person):
    """At the widget (``widget/src/connection.ts``): sends again what a server that began anew knows nothing of."""

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
        """A page that is opened now shows what this one was sent, each once."""
        whole = await Page(self.page.url.split("/chat/")[0], self.page.session).come()
        wrong = sum(whole.said(question) != answer for question, answer in self._got.items())
        wrong += [line["text"] for line in whole.lines if line["who"] == "me"] != self.said
        await whole.leave()
        return wrong

    async def close(self) -> None:
        """See :class:`Person`."""
        await self.page.leave()


class ByText(Person):
    """By SMS: the same post, under the same id, until it is acknowledged; the answer comes to the phone."""

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
        """One text for each of theirs."""
        return abs(len(self.double.to(self.number)) - len(self.said))

    async def close(self) -> None:
        """Nothing to close."""


def broken(said: Sequence[str], rows: Sequence[Any], put_off: Sequence[int] = ()) -> list[str]:
    """What is wrong with a conversation in the database: ``rows`` of the table ``events`` in the order of their ids.

    ``put_off``: which of what they ``said`` may be missing, because they were told to say it again.
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
