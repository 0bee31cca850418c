"""The two servers as started by ``make run``, with their own ports and database, for tests that may damage them."""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx
import psutil

ROOT = Path(__file__).resolve().parents[1]
MODULES = {"rasa": "whichpath.server.serve", "actions": "whichpath.server.action_server"}


def free_port() -> int:
    """A TCP port that is not in use."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def find_chromium() -> str | None:
    """The path of a Chromium: from WHICHPATH_CHROMIUM, on PATH, or installed by scripts/browser.sh."""
    kept = ROOT / ".cache" / "chromium" / "path"
    places = [
        os.environ.get("WHICHPATH_CHROMIUM"),
        *map(shutil.which, ("chromium", "chromium-browser", "google-chrome")),
    ]
    places += [kept.read_text().strip()] if kept.exists() else []
    return next((place for place in places if place), None)


#: Options that prevent Chromium from contacting its vendor's hosts at every start.
QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # Pages of simulated sites are served locally, where Chromium would ask for permission.
    "--disable-features=LocalNetworkAccessChecks",
)


class Servers:
    """The servers of this project, or of the copy in ``root``."""

    def __init__(self, folder: Path, root: Path = ROOT, **environment: str) -> None:
        self.folder, self.root = folder, root
        self.port, self.action_port = free_port(), free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        self.environment = {
            **os.environ,
            "WHICHPATH_PORT": str(self.port),
            "WHICHPATH_ACTION_PORT": str(self.action_port),
            "WHICHPATH_DB_URL": f"sqlite:///{folder}/tracker.db",
            **environment,
        }

    def start(self) -> None:
        """Starts both and waits until they are ready.

        Raises:
            RuntimeError: they did not start; with the end of their log.
        """
        self.log = open(self.folder / "run.log", "w+")  # noqa: SIM115
        self.process = subprocess.Popen(
            [sys.executable, "-m", "whichpath.server.run"],
            cwd=self.root,
            env=self.environment,
            stdout=self.log,
            stderr=self.log,
        )
        if not self.ready(within=400):
            self.log.seek(0)
            raise RuntimeError(f"the servers did not start:\n{self.log.read()[-3000:]}")

    def ready(self, within: float = 60) -> bool:
        """Waits until ``/health/ready`` answers 200; returns whether it did ``within`` so many seconds."""
        deadline = time.monotonic() + within
        while time.monotonic() < deadline and self.process.poll() is None:
            try:
                if httpx.get(f"{self.address}/health/ready", timeout=2, trust_env=False).status_code == 200:
                    return True
            except httpx.HTTPError:
                pass
            time.sleep(0.2)
        return False

    def child(self, name: str) -> psutil.Process:
        """The process of ``rasa`` or ``actions``; :class:`RuntimeError` where it is not running."""
        for child in psutil.Process(self.process.pid).children(recursive=True):
            if re.search(rf"-m {MODULES[name]}\b", " ".join(child.cmdline())):
                return child
        raise RuntimeError(f"{name} is not running")

    def kill(self, name: str) -> None:
        """Kills ``rasa`` or ``actions``. The watcher starts it again."""
        child = self.child(name)
        child.kill()
        child.wait(10)

    def stop(self) -> None:
        """Stops everything."""
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(40)
        self.log.close()
