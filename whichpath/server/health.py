"""Liveness and readiness: ``GET /health/live``, ``GET /health/ready``."""

from __future__ import annotations

import asyncio
import logging
from typing import Any

import aiohttp
from rasa.core.agent import Agent
from sanic import Blueprint, Sanic, response
from sanic.request import Request
from sanic.response import HTTPResponse

from whichpath.channels.guards import turn
from whichpath.channels.guards.server import Routes
from whichpath.server.page_input import PageInput
from whichpath.store.shared import redis_url

logger = logging.getLogger(__name__)
_PROBE_SECONDS = 2.0
#: Seconds between two checks: a missing table is created again even if nobody requests readiness.
LOOK_EVERY = 5.0


class HealthInput(PageInput):
    """The address ``/health``."""

    path = "health"

    def __init__(self) -> None:
        self.warm = False
        self._probe: asyncio.Task[dict[str, bool]] | None = None
        turn.install()

    def blueprint(self, on_new_message: turn.Handler) -> Blueprint:
        """The routes."""
        routes = Routes("whichpath_health")

        @routes.listener("after_server_start")
        async def warm_up(app: Sanic, _loop: Any) -> None:
            agent: Agent | None = getattr(app.ctx, "agent", None)
            if agent is not None and agent.is_ready():
                # Warm up: libraries load some parts at the first message.
                await agent.parse_message("hello")
                self.warm = True
            app.ctx.looking = asyncio.ensure_future(self._look(app))

        @routes.listener("before_server_stop")
        async def stop(app: Sanic, _loop: Any) -> None:
            app.ctx.looking.cancel()

        @routes.get("/live")
        async def live(_request: Request) -> HTTPResponse:
            return response.json({"status": "ok"})

        @routes.get("/ready")
        async def ready(request: Request) -> HTTPResponse:
            parts = await self._parts(request.app)
            return response.json(parts, status=200 if all(parts.values()) else 503)

        return routes

    async def _parts(self, app: Sanic) -> dict[str, bool]:
        # Concurrent requests share one check.
        if self._probe is None or self._probe.done():
            self._probe = asyncio.ensure_future(self.parts(getattr(app.ctx, "agent", None)))
        return await asyncio.shield(self._probe)

    async def _look(self, app: Sanic) -> None:
        while True:
            await asyncio.sleep(LOOK_EVERY)
            try:
                await self._parts(app)
            except Exception as error:
                logger.error("health: %s", type(error).__name__)

    async def parts(self, agent: Agent | None) -> dict[str, bool]:
        """The state of each part that an answer needs."""
        if agent is None or not agent.is_ready():
            return {"model": False, "database": False, "actions": False, **({"redis": False} if redis_url() else {})}
        parts = {"database": _answers("database", agent.tracker_store), "actions": _actions(agent)}
        if redis_url():
            parts["redis"] = _answers("redis", agent.lock_store)
        found = await asyncio.gather(*parts.values())
        return {"model": self.warm, **dict(zip(parts, found, strict=True))}


async def _answers(name: str, store: Any) -> bool:
    ping = getattr(store, "ping", None)
    if ping is None:
        return False  # Rasa fell back to memory: conversations would be lost at the next start
    try:
        await asyncio.wait_for(ping(), _PROBE_SECONDS)
    except Exception as error:
        logger.warning("%s does not answer: %s", name, type(error).__name__)
        return False
    return True


async def _actions(agent: Agent) -> bool:
    endpoint = agent.action_endpoint
    if endpoint is None or not endpoint.url:
        return False
    url = endpoint.url.rsplit("/", 1)[0] + "/health"
    try:
        timeout = aiohttp.ClientTimeout(total=_PROBE_SECONDS)
        async with (
            aiohttp.ClientSession(timeout=timeout, headers=endpoint.headers) as client,
            client.get(url) as answer,
        ):
            return answer.status == 200
    except (aiohttp.ClientError, asyncio.TimeoutError, OSError):
        return False
