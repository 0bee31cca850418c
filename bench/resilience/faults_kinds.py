"""What is broken, how, and how it is made whole again. Everything here is done to real processes and real files."""

from __future__ import annotations

import resource
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx
import psutil

from testing import bot_api, production
from testing.ports import wait_for
from testing.servers import Servers
from testing.twilio import Twilio

#: What one person waits at most: the turn guard's 8 s, its grace, and what the way there and back takes.
BOUND = 11.5
#: Where nothing can be answered before the server is started again: found hanging, ended, started.
AGAIN = 90.0
#: What the page itself tells where its line is dead (`widget/src/chat.ts`).
PAGE = 25.0


@dataclass
class World:
    """The servers, and everything around them that can break. ``files``: where the SQLite database is."""

    servers: Servers
    texts: Twilio
    telegram: bot_api.BotApi
    files: Path
    postgres: production.Postgres | None = None
    redis: production.RedisServer | None = None

    def rasa(self) -> psutil.Process:
        """The process of Rasa."""
        return self.servers.child("rasa")


Strike = Callable[[World], AbstractContextManager[None]]


@dataclass(frozen=True)
class Fault:
    """One way to break. ``strike`` breaks before anybody speaks, and makes whole at its end.

    ``amid`` breaks while they wait for their answer. ``bounds``: seconds, where not :data:`BOUND`. ``only``: the
    channels that it can reach. ``pair``: it needs PostgreSQL and Redis. ``hides``: nobody notices at all.
    """

    name: str
    strike: Strike
    amid: Callable[[World], None] | None = None
    bounds: dict[str, float] = field(default_factory=dict)
    only: tuple[str, ...] = ("web", "REST", "SMS", "Telegram")
    pair: bool = False
    hides: bool = False

    def bound(self, channel: str) -> float:
        """Seconds within which somebody on ``channel`` has to see something."""
        return self.bounds.get(channel, BOUND)


@contextmanager
def _killed(world: World) -> Iterator[None]:
    world.servers.kill("actions")
    yield


@contextmanager
def _frozen_actions(world: World) -> Iterator[None]:
    process = world.servers.child("actions")
    process.suspend()
    yield
    if process.is_running():
        process.resume()


def _impostor(status: int, content: bytes) -> Strike:
    """Another program has taken the action server's place, and answers what it likes."""

    @contextmanager
    def strike(world: World) -> Iterator[None]:
        class Handler(BaseHTTPRequestHandler):
            def log_message(self, *_args: object) -> None:
                """Silent."""

            def do_POST(self) -> None:
                self.rfile.read(int(self.headers.get("content-length") or 0))
                self.send_response(status)
                self.send_header("content-length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            do_GET = do_POST

        world.servers.kill("actions")
        server = ThreadingHTTPServer(("127.0.0.1", world.servers.action_port), Handler)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield
        finally:
            server.shutdown()
            server.server_close()

    return strike


@contextmanager
def _locked(world: World) -> Iterator[None]:
    lock = sqlite3.connect(world.files / "whichpath.db", isolation_level=None)
    lock.execute("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        lock.execute("ROLLBACK")
        lock.close()


@contextmanager
def _gone(world: World) -> Iterator[None]:
    """As a disk that is not there any more."""
    away = world.files.with_name("away")
    world.files.rename(away)
    try:
        yield
    finally:
        away.rename(world.files)


@contextmanager
def _full(world: World) -> Iterator[None]:
    """No file of Rasa's can grow: what a full disk comes to."""
    process = world.rasa()
    process.rlimit(resource.RLIMIT_FSIZE, (0, resource.RLIM_INFINITY))
    try:
        yield
    finally:
        process.rlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))


@contextmanager
def _amid(world: World) -> Iterator[None]:
    """Turns stay in their middle, with the action server."""
    process = world.servers.child("actions")
    process.suspend()
    try:
        yield
    finally:
        process.resume()


def _kill_rasa(world: World) -> None:
    world.servers.kill("rasa")
    world.servers.child("actions").resume()


@contextmanager
def _frozen_rasa(world: World) -> Iterator[None]:
    process = world.rasa()
    process.suspend()
    yield
    if process.is_running():
        process.resume()


@contextmanager
def _broken_model(world: World) -> Iterator[None]:
    """Half of the model's file, and a restart."""
    model = max((world.servers.root / "models").glob("*.tar.gz"), key=lambda path: path.stat().st_mtime)
    whole = model.read_bytes()
    model.write_bytes(whole[: len(whole) // 2])
    world.servers.kill("rasa")
    wait_for(lambda: httpx.get(f"{world.servers.address}/health/live", timeout=2).status_code == 200, 90, 0.2)
    yield
    model.write_bytes(whole)
    world.servers.kill("rasa")


def _server(name: str, begin: str, end: str | None, *how: str) -> Strike:
    """Calls ``begin`` of a server of ``testing/production.py``, and ``end`` once people were answered."""

    @contextmanager
    def strike(world: World) -> Iterator[None]:
        server = getattr(world, name)
        assert server is not None
        getattr(server, begin)(*how)
        try:
            yield
        finally:
            if end is not None:
                getattr(server, end)()

    return strike


def _providers(text: object, status: int, parameters: dict | None = None, times: int = 3) -> Strike:
    """What both providers answer the next ``times`` calls."""

    @contextmanager
    def strike(world: World) -> Iterator[None]:
        world.texts.faults[:] = [text] * times
        fault = bot_api.Fault(status, "fault", parameters)
        world.telegram.faults["sendMessage"] = [fault] * times
        yield
        world.texts.faults.clear()
        world.telegram.faults.clear()

    return strike


_PHONES = ("SMS", "Telegram")
_RESTART = {"web": PAGE, "REST": AGAIN, "SMS": AGAIN, "Telegram": AGAIN}
FAULTS = (
    Fault("action server killed", _killed),
    Fault("action server hangs", _frozen_actions),
    Fault("action server answers 500", _impostor(500, b'{"error": "x"}')),
    Fault("action server answers a web page", _impostor(200, b"<h1>Welcome</h1>")),
    Fault("database locked (SQLite)", _locked),
    Fault("database file gone (SQLite)", _gone),
    Fault("disk full (SQLite)", _full),
    Fault("Rasa killed in mid-turn", _amid, amid=_kill_rasa, bounds=_RESTART),
    Fault("Rasa hangs", _frozen_rasa, bounds=_RESTART),
    Fault("model broken at start", _broken_model),
    Fault("provider cuts the connection", _providers("drop", 502), only=_PHONES, hides=True),
    Fault("provider answers 500", _providers(500, 500), only=_PHONES, hides=True),
    Fault("provider answers 429", _providers(429, 429, {"retry_after": 1}), only=_PHONES, hides=True),
    Fault("database stopped (PostgreSQL)", _server("postgres", "stop", "start", "immediate"), pair=True),
    Fault("database hangs (PostgreSQL)", _server("postgres", "freeze", "thaw"), pair=True),
    Fault(
        "database restarted while idle (PostgreSQL)",
        _server("postgres", "restart", None, "immediate"),
        pair=True,
        hides=True,
    ),
    Fault("Redis gone", _server("redis", "kill", "start"), pair=True),
    Fault("Redis hangs", _server("redis", "freeze", "thaw"), pair=True),
)
