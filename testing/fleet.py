"""A simulation of several machines on one: several processes, proxy, PostgreSQL, Redis."""

from __future__ import annotations

import atexit
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import httpx

from testing import rest, twilio
from testing.ports import free_port, wait_for
from testing.production import Postgres, RedisServer
from testing.proxy import Proxy
from testing.stack import PUBLIC_URL, ROOT
from whichpath.settings import child_environment
from whichpath.store.identity import key

MODULES = {"rasa": "whichpath.server.serve", "actions": "whichpath.server.action_server"}


def settings(database: str, redis: str | None, double: twilio.Twilio) -> dict[str, str]:
    """The settings that all processes share."""
    return {
        "WHICHPATH_DB_URL": database,
        **({"WHICHPATH_REDIS_URL": redis} if redis else {}),
        "WHICHPATH_SECRET": key().decode(),  # our key, so that tests can compute sender ids
        **rest.ENVIRONMENT,
        "WHICHPATH_RATE": "10000",  # all simulated people have the same address
        "WHICHPATH_CONTACT": "help@legal-aid.example.org",
        "WHICHPATH_PUBLIC_URL": PUBLIC_URL,
        "TWILIO_ACCOUNT_SID": twilio.SID,
        "TWILIO_AUTH_TOKEN": twilio.TOKEN,
        "TWILIO_FROM": twilio.NUMBER,
        "TWILIO_API_URL": double.url,
    }


class Member:
    """A Rasa process and its action server."""

    def __init__(self, folder: Path, environment: dict[str, str]) -> None:
        self.folder = folder
        self.port, self.action_port = free_port(), free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        ports = {"WHICHPATH_PORT": str(self.port), "WHICHPATH_ACTION_PORT": str(self.action_port)}
        self.environment = child_environment(**environment, **ports)
        self.processes = {name: self._start(name) for name in ("actions", "rasa")}

    def _start(self, name: str) -> subprocess.Popen[bytes]:
        with open(self.folder / f"{name}-{self.port}.log", "ab") as log:
            command = [sys.executable, "-m", MODULES[name]]
            return subprocess.Popen(command, cwd=ROOT, env=self.environment, stdout=log, stderr=log)

    def ready(self) -> bool:
        """Whether ``/health/ready`` answers 200."""
        assert all(process.poll() is None for process in self.processes.values()), self.log()
        return httpx.get(f"{self.url}/health/ready", timeout=3).status_code == 200

    def kill(self, name: str = "rasa") -> None:
        """Kills (-9) ``rasa`` or ``actions``."""
        self.processes[name].send_signal(signal.SIGKILL)
        self.processes[name].wait(10)

    def restart(self, name: str = "rasa") -> None:
        """Starts a killed process again."""
        self.processes[name] = self._start(name)

    def log(self) -> str:
        """The output of both processes."""
        return "".join(path.read_text(errors="replace") for path in self.folder.glob(f"*{self.port}.log"))

    def close(self) -> None:
        """Stops both processes."""
        for process in self.processes.values():
            if process.poll() is None:
                process.kill()
            process.wait(10)


class Fleet:
    """``size`` members behind HAProxy, with their own PostgreSQL and Redis, and a double of Twilio."""

    def __init__(self, size: int, **environment: str) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="whichpath-fleet-"))
        self.twilio, self.postgres, self.redis = twilio.Twilio(), Postgres(), RedisServer()
        shared = settings(self.postgres.new_database(), self.redis.url, self.twilio)
        self.environment = {**shared, "WHICHPATH_PROXIES": "1", **environment}
        self.members: list[Member] = []
        self.proxy: Proxy | None = None
        atexit.register(self.close)
        # All start at once on an empty database, which tests concurrent migrations.
        self.members = [Member(self.folder, self.environment) for _ in range(size)]
        self.proxy = Proxy(*(member.url.removeprefix("http://") for member in self.members))
        self.url = self.proxy.url

    def ready(self, seconds: float = 240) -> None:
        """Waits until all members are ready.

        Raises:
            TimeoutError: one is not ready within ``seconds``.
        """
        for member in self.members:
            wait_for(member.ready, seconds, 0.2)
        wait_for(lambda: httpx.get(f"{self.url}/health/live", timeout=3).status_code == 200, 20, 0.1)

    def close(self) -> None:
        """Stops everything."""
        atexit.unregister(self.close)
        if self.proxy is not None:
            self.proxy.close()
        for member in self.members:
            member.close()
        self.redis.close()
        self.twilio.close()
        self.postgres.server.cleanup()
        shutil.rmtree(self.folder, ignore_errors=True)
