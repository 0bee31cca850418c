"""Fixtures with a real Rasa server and our channels, on a tiny bot, over real HTTP."""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import pytest
import pytest_asyncio
from sanic import Sanic

from tests.channels.doubles import Client, FakeActions, free_port

TINY = Path(__file__).parent / "tiny_bot"


@pytest.fixture(scope="session", autouse=True)
def _settings(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Sets a separate key, turns telemetry off, and removes the developer's settings."""
    from whichpath.channels.guards import insights
    from whichpath.logs import configure_structlog
    from whichpath.store import identity
    from whichpath.store.encryption import Cipher
    from whichpath.store.engine import make_engine
    from whichpath.store.insights import Insights
    from whichpath.store.migrate import upgrade

    configure_structlog()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("RASA_TELEMETRY_ENABLED", "false")
        patch.delenv("WHICHPATH_SECRET", raising=False)
        patch.delenv("WHICHPATH_REST", raising=False)
        patch.setattr(identity, "KEY_FILE", tmp_path_factory.mktemp("key") / "secret")
        identity.key.cache_clear()
        counts = Insights(make_engine(f"sqlite:///{tmp_path_factory.mktemp('counts')}/x.db"), Cipher(b"k" * 32))
        upgrade(counts.engine)
        patch.setattr(insights, "insights", lambda: counts)
        yield
    identity.key.cache_clear()


@pytest.fixture(scope="session")
def tiny_model(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The path of the tiny bot's trained model."""
    import rasa.model_training

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("RASA_CACHE_DIRECTORY", str(tmp_path_factory.mktemp("cache")))
        result = rasa.model_training.train(
            domain=str(TINY / "domain.yml"),
            config=str(TINY / "config.yml"),
            training_files=[str(TINY / "data.yml")],
            output=str(tmp_path_factory.mktemp("models")),
        )
    assert result.model
    return str(result.model)


@dataclass
class Bot:
    """A running server with its client and action server."""

    http: httpx.AsyncClient
    actions: FakeActions
    app: Sanic

    @property
    def store(self) -> Any:
        return self.app.ctx.agent.tracker_store

    def client(self) -> Client:
        """A client with a new sender id."""
        return Client(self.http, uuid.uuid4().hex)

    async def events(self, sender_id: str) -> list[Any]:
        """The stored events of a conversation, by Rasa's sender id."""
        tracker = await self.store.retrieve_full_tracker(sender_id)
        return list(tracker.events) if tracker else []


@asynccontextmanager
async def serve(
    model: str, actions: FakeActions, database: str, channels: list[Any] | None = None
) -> AsyncIterator[Bot]:
    """Runs a server with our channels; its settings come from the environment, as in production."""
    from rasa.core.run import configure_app, load_agent_on_start
    from rasa.core.utils import AvailableEndpoints
    from rasa.utils.endpoints import EndpointConfig

    from whichpath.channels.rest import RestInput
    from whichpath.channels.web import WebInput
    from whichpath.server.health import HealthInput

    endpoints = AvailableEndpoints(
        action=EndpointConfig(actions.url),
        tracker_store=EndpointConfig(database, type="whichpath.store.tracker.ConversationStore"),
        lock_store=EndpointConfig(type="whichpath.store.locks.ConversationLocks"),
    )
    Sanic.test_mode = True
    served = channels or [RestInput(), WebInput(), HealthInput()]
    app = configure_app(served, enable_api=False, use_uvloop=False)
    app.register_listener(partial(load_agent_on_start, model, endpoints, None), "before_server_start")
    port = free_port()
    server = await app.create_server("127.0.0.1", port, return_asyncio_server=True, access_log=False)
    await server.startup()
    await server.before_start()
    await server.after_start()
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=30, trust_env=False) as http:
        yield Bot(http, actions, app)
    await server.before_stop()
    server.close()


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def running(tiny_model: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Bot]:
    """One server for all tests of this folder."""
    actions = FakeActions()
    await actions.start()
    database = tmp_path_factory.mktemp("db") / "conversations.db"
    async with serve(tiny_model, actions, f"sqlite:///{database}") as bot:
        yield bot
    await actions.stop()


@pytest_asyncio.fixture(loop_scope="session")
async def bot(running: Bot) -> AsyncIterator[Bot]:
    """The server, with the action server reset before and after the test."""
    await running.actions.reset()
    yield running
    await running.actions.reset()


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def both(tiny_model: str) -> AsyncIterator[tuple[Bot, Bot]]:
    """Two servers that share PostgreSQL and Redis."""
    from testing import production

    production.redis().ask("FLUSHALL")
    actions, database = FakeActions(), production.postgres().new_database()
    await actions.start()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("WHICHPATH_REDIS_URL", production.redis().url)
        async with serve(tiny_model, actions, database) as one, serve(tiny_model, actions, database) as two:
            yield one, two
    await actions.stop()


@pytest_asyncio.fixture(loop_scope="session")
async def _pages(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[None]:
    """Closes every page that a test opens."""
    from testing.page import Page

    opened: list[Page] = []
    come = Page.come
    monkeypatch.setattr(Page, "come", lambda self, *a: (opened.append(self), come(self, *a))[1])
    yield
    for page in opened:
        await page.leave()


@pytest_asyncio.fixture(loop_scope="session")
async def pair(_pages: None, both: tuple[Bot, Bot]) -> AsyncIterator[tuple[Bot, Bot]]:
    """The two servers, with actions and Redis reset before and after the test."""
    from testing import production

    await both[0].actions.reset()
    yield both
    await both[0].actions.reset()
    redis = production.redis()
    redis.thaw()
    if redis.process.poll() is not None:
        redis.start()


@pytest.fixture
def unavailable() -> str:
    """The text sent when a component is unavailable."""
    from whichpath.library.phrases import load_phrases

    return load_phrases().unavailable.text


@pytest.fixture
def bot_api() -> Iterator[None]:
    """The double of Telegram, without faults before the test; asserts that it has no complaints after it."""
    from testing.stack import stack, telegram

    stack()
    telegram().faults.clear()
    yield
    assert not telegram().complaints


@pytest.fixture
def twilio_double() -> Iterator[None]:
    """The double of Twilio, without faults before the test; asserts that all texts fit and that it has no complaints."""
    from testing.stack import stack, texts
    from whichpath.library.gsm7 import is_gsm7

    stack()
    texts().faults.clear()
    before = len(texts().sent)
    yield
    assert not texts().complaints
    for row in texts().sent[before:]:
        assert len(row["Body"]) <= 320 and is_gsm7(row["Body"])


@pytest.fixture
def phone() -> Any:
    """A phone with a new number."""
    from testing.stack import Phone

    return Phone()
