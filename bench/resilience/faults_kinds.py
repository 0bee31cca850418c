"""The faults: how each is injected and repaired, in real processes and files."""

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

#: Longest wait of a person, in seconds: the turn guard's 8 s, its grace, and transport.
BOUND = 11.5
#: The same where the server must be restarted first: detected as hanging, stopped, started.
AGAIN = 90.0
#: Seconds until the page itself reports a lost connection (`widget/src/chat.ts`).
PAGE = 25.0


@dataclass
class World:
    """The servers and their dependencies. ``files``: the folder of the SQLite database."""

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
    """One fault. ``strike``: a context manager that injects it before anybody writes, and repairs it on exit.

    ``amid``: injects it while people wait for the answer. ``bounds``: seconds by channel, default :data:`BOUND`.
    ``only``: the affected channels. ``pair``: needs PostgreSQL and Redis. ``hides``: people must not notice it.
    """

    name: str
    strike: Strike
    amid: Callable[[World], None] | None = None
    bounds: dict[str, float] = field(default_factory=dict)
    only: tuple[str, ...] = ("web", "REST", "SMS", "Telegram")
    pair: bool = False
    hides: bool = False

    def bound(self, channel: str) -> float:
        """Seconds within which a person on ``channel`` must get a message."""
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
    """Replaces the action server by a program that answers with ``status`` and ``content``."""

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
    """Simulates a disk that was removed."""
    away = world.files.with_name("away")
    world.files.rename(away)
    try:
        yield
    finally:
        away.rename(world.files)


@contextmanager
def _full(world: World) -> Iterator[None]:
    """Simulates a full disk: no file of Rasa can grow."""
    process = world.rasa()
    process.rlimit(resource.RLIMIT_FSIZE, (0, resource.RLIM_INFINITY))
    try:
        yield
    finally:
        process.rlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))


@contextmanager
def _amid(world: World) -> Iterator[None]:
    """Holds turns in the action server."""
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
    """Truncates the model file to half, and restarts."""
    model = max((world.servers.root / "models").glob("*.tar.gz"), key=lambda path: path.stat().st_mtime)
    whole = model.read_bytes()
    model.write_bytes(whole[: len(whole) // 2])
    world.servers.kill("rasa")
    wait_for(lambda: httpx.get(f"{world.servers.address}/health/live", timeout=2).status_code == 200, 90, 0.2)
    yield
    model.write_bytes(whole)
    world.servers.kill("rasa")


def _server(name: str, begin: str, end: str | None, *how: str) -> Strike:
    """A fault that calls method ``begin`` of a server of ``testing/production.py``, and ``end`` after the answers."""

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
    """Both providers answer the next ``times`` calls with an error."""

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
