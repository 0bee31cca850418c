"""A page of the widget without a browser: its own socket.io client that can disconnect, reconnect and resend.

python-socketio's client needs a newer aiohttp than Rasa allows.
"""

from __future__ import annotations

import asyncio
import json
import re
import secrets
from collections.abc import Callable
from typing import Any

import aiohttp

_FRAME = re.compile(r"4([23])(\d*)(\[.*)", re.DOTALL)


async def until(what: Callable[[], Any], seconds: float = 15) -> None:
    """Waits until ``what`` returns true.

    Raises:
        AssertionError: it is not true within ``seconds``.
    """
    for _ in range(int(seconds / 0.02)):
        if what():
            return
        await asyncio.sleep(0.02)
    raise AssertionError("it did not come")


class Page:
    """A client that keeps the same state as ``widget/src/connection.ts``."""

    def __init__(self, address: str, session: str | None = None) -> None:
        self.url = f"{address.rstrip('/')}/chat/live/?EIO=4&transport=websocket"
        self.session, self.epoch, self.last = session, "", 0
        self.lines: list[dict[str, Any]] = []
        self.open: set[str] = set()
        self.resets, self.ended, self.connected = 0, False, False
        self._acks: dict[int, asyncio.Future[Any]] = {}
        self._received = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    async def come(self, seconds: float = 10) -> Page:
        """Connects and waits for the session.

        Raises:
            OSError: the server cannot be reached, or refuses.
        """
        await self.leave()
        self._received.clear()
        self.http = aiohttp.ClientSession()
        try:
            self.line = await asyncio.wait_for(self.http.ws_connect(self.url), seconds)
            self._task = asyncio.create_task(self._listen())
            auth = {"session": self.session, "epoch": self.epoch, "last": self.last}
            await self.line.send_str("40" + json.dumps(auth))
            await asyncio.wait_for(self._received.wait(), seconds)
        except (aiohttp.ClientError, asyncio.TimeoutError) as error:
            await self.http.close()
            raise OSError(type(error).__name__) from None
        return self

    async def _listen(self) -> None:
        self.connected = True
        try:
            async for frame in self.line:
                if frame.type is aiohttp.WSMsgType.TEXT:
                    await self._heard(frame.data)
        except aiohttp.ClientError:
            pass
        finally:
            self.connected = False
            for waiting in self._acks.values():
                if not waiting.done():
                    waiting.set_exception(OSError("the line broke"))
                    waiting.exception()  # marks it as retrieved, in case the caller has stopped waiting

    async def _heard(self, data: str) -> None:
        found = _FRAME.match(data)
        if data == "2":
            await self.line.send_str("3")
        elif found and found[1] == "3":
            waiting = self._acks.pop(int(found[2]))
            if not waiting.done():
                waiting.set_result(json.loads(found[3])[0])
        elif found:
            event, content = json.loads(found[3])
            getattr(self, f"_on_{event}")(content)
        elif data == "41" or data.startswith("44"):  # disconnected or refused by the server
            await self.line.close()

    def _on_session(self, info: dict[str, Any]) -> None:
        self.session, self.epoch, self.open = info["session"], info["epoch"], set(info["open"])
        if info["reset"]:
            self.resets, self.last, self.lines = self.resets + 1, 0, []
        for entry in info["entries"]:
            self._on_entry(entry)
        self._received.set()

    def _on_entry(self, entry: dict[str, Any]) -> None:
        if entry["seq"] > self.last:
            self.last = entry["seq"]
            self.lines.append(entry)

    def _on_typing(self, data: dict[str, Any]) -> None:
        (self.open.add if data["on"] else self.open.discard)(data["id"])

    def _on_ended(self, _data: dict[str, Any]) -> None:
        self.ended = True

    async def call(self, event: str, data: dict[str, Any], seconds: float = 15) -> dict[str, Any]:
        """Sends an event and waits for its acknowledgement.

        Raises:
            OSError: the connection broke, or there was no acknowledgement.
        """
        number = secrets.randbelow(10**9)
        waiting = self._acks[number] = asyncio.get_running_loop().create_future()
        try:
            await self.line.send_str(f"42{number}{json.dumps([event, data])}")
            return await asyncio.wait_for(waiting, seconds)
        except (asyncio.TimeoutError, aiohttp.ClientError, ConnectionError) as error:
            raise OSError(type(error).__name__) from None

    async def send(self, text: str, question_id: str | None = None) -> dict[str, Any]:
        """Sends a question; returns its acknowledgement."""
        return await self.call("say", {"id": question_id or secrets.token_hex(12), "text": text, "shown": text})

    async def say(self, text: str) -> list[str]:
        """Sends a question, waits, and returns the texts of the answer."""
        question_id = secrets.token_hex(12)
        answer = await self.send(text, question_id)
        assert answer == {"ok": True}, answer
        await until(lambda: self.said(question_id) and question_id not in self.open, 12)
        return self.said(question_id)

    def said(self, question_id: str) -> list[str]:
        """The texts of the answer to a question."""
        return [e["message"]["text"] for e in self.lines if e["who"] == "bot" and e["id"] == question_id]

    @property
    def texts(self) -> list[str]:
        """The texts of all lines."""
        return [e["text"] if e["who"] == "me" else e["message"]["text"] for e in self.lines]

    async def leave(self) -> None:
        """Disconnects."""
        if self._task is not None:
            self._task.cancel()
            await self.line.close()
            await self.http.close()
            self._task = None
