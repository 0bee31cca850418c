"""A double of the action server that simulates its failures, and a REST client."""

from __future__ import annotations

import asyncio
import socket
from typing import Any

import httpx
from aiohttp import web

CARD_TEXT = "The answer in one line.\n\nWhat it means:\n- A full sentence."


def free_port() -> int:
    """A TCP port that is not in use."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class FakeActions:
    """A double of the action server. ``mode``: ok, error, html, nonsense or hang; :meth:`stop` to make it unreachable."""

    def __init__(self) -> None:
        self.port = free_port()
        self.mode = "ok"
        self.delay = 0.0
        self.runner: web.AppRunner | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/webhook"

    async def start(self) -> None:
        app = web.Application()
        app.add_routes([web.post("/webhook", self._webhook), web.get("/health", self._health)])
        self.runner = web.AppRunner(app, shutdown_timeout=0.1)
        await self.runner.setup()
        await web.TCPSite(self.runner, "127.0.0.1", self.port, reuse_address=True).start()

    async def stop(self) -> None:
        if self.runner is not None:
            await self.runner.cleanup()
            self.runner = None

    async def reset(self) -> None:
        """Restores normal operation."""
        self.mode, self.delay = "ok", 0.0
        if self.runner is None:
            await self.start()

    async def _health(self, _request: web.Request) -> web.Response:
        return web.json_response({"status": "ok"})

    async def _webhook(self, request: web.Request) -> web.Response:
        call = await request.json()
        if self.mode == "hang":
            await asyncio.sleep(30)
        if self.mode == "error":
            return web.json_response({"error": "x", "request_body": call}, status=500)
        if self.mode == "html":
            return web.Response(text="<h1>Bad gateway</h1>", content_type="text/html", status=502)
        if self.mode == "nonsense":
            return web.json_response({"responses": "none"})
        await asyncio.sleep(self.delay)
        return web.json_response(self._result(call["next_action"], call["tracker"]))

    def _result(self, action: str, tracker: dict[str, Any]) -> dict[str, Any]:
        if action == "action_card":
            data = {"card": "x", "legal": True, "sources": [{"title": "A statute"}]}
            buttons = [{"title": "Help", "payload": "/help"}]
            return {"events": [], "responses": [{"text": CARD_TEXT, "buttons": buttons, "custom": {"data": data}}]}
        if action == "action_erase":
            return {"events": [], "responses": [{"text": "Erased.", "custom": {"data": {"erase": True}}}]}
        if action == "validate_town_form":
            # Like FormValidationAction: the slots filled in this turn, and the next slot.
            events = [e for e in reversed(tracker["events"]) if e["event"] == "slot" and e["name"] == "town"]
            return {
                "events": [{"event": "slot", "name": "town", "value": events[0]["value"]}] if events else [],
                "responses": [],
            }
        raise AssertionError(action)


class Client:
    """A REST client of one person."""

    def __init__(self, http: httpx.AsyncClient, sender: str) -> None:
        self.http = http
        self.sender = sender

    async def post(self, **body: Any) -> httpx.Response:
        return await self.http.post("/webhooks/rest/webhook", json=body)

    async def say(self, text: str) -> list[dict[str, Any]]:
        answer = await self.post(sender=self.sender, message=text)
        assert answer.status_code == 200, answer.text
        messages: list[dict[str, Any]] = answer.json()
        assert messages, "a silent turn"
        assert all(m["recipient_id"] == self.sender for m in messages)
        return messages

    async def texts(self, text: str) -> list[str]:
        return [m.get("text", "") for m in await self.say(text)]
