"""The supervisor, ``make run``: starts, watches and stops the action server, Rasa, and the jobs."""

from __future__ import annotations

import contextlib
import ctypes
import http.client
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

from whichpath.console import Stop, done, fail, one_line, step
from whichpath.registry import Off, channels
from whichpath.server.exposure import exposure_lines
from whichpath.settings import ROOT, VAR, Settings, child_environment, read_settings
from whichpath.store.private import keep_private

READY_WITHIN = 120.0
STOP_WITHIN = 10.0
#: Seconds before a dead server is restarted, growing while it keeps dying.
FIRST_PAUSE, LONGEST_PAUSE = 0.5, 30.0
#: After this long the pause is reset.
HEALTHY_AFTER = 60.0
#: A living server that answers nothing for this long hangs. Seconds between two checks, and for one.
HANGS_AFTER, LOOK_EVERY, LOOK_WITHIN = 30.0, 5.0, 3.0
_PR_SET_PDEATHSIG = 1


def _die_with_parent() -> None:
    """In the child: ends it when the supervisor is killed (Linux only)."""
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


@dataclass
class Server:
    """One of the processes. Without a ``ready_url`` it is ready as soon as it runs.

    ``live_url`` is answered by any working process, whatever its dependencies do: a server without a database must not
    be ended, because it tells people so.
    """

    name: str
    module: str
    ready_url: str | None
    log: Path
    live_url: str | None = None
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    heard: float = 0.0
    looked: float = 0.0
    pause: float = FIRST_PAUSE
    restart_at: float | None = field(default=None)

    def start(self) -> None:
        """Starts the process in a session of its own, so that Ctrl-C reaches only the supervisor."""
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", self.module],
                cwd=ROOT,
                env=child_environment(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=_die_with_parent if sys.platform == "linux" else None,
            )
        self.started, self.restart_at = time.monotonic(), None
        self.heard = self.started + READY_WITHIN - HANGS_AFTER  # until it is up it has the time of the first start

    @property
    def running(self) -> bool:
        """Whether the process is alive."""
        return self.process is not None and self.process.poll() is None

    def ready(self) -> bool:
        """Whether its readiness check succeeds."""
        return self.running if self.ready_url is None else answers(self.ready_url, 2)

    def look(self) -> None:
        """Ends a process that has answered nothing for :data:`HANGS_AFTER` seconds, so that it is restarted."""
        now = time.monotonic()
        if self.live_url is None or not self.running or now - self.looked < LOOK_EVERY:
            return
        if answers(self.live_url, LOOK_WITHIN):
            self.heard = time.monotonic()
        elif now - self.heard > HANGS_AFTER and self.process is not None:
            step(f"{self.name} has answered nothing for {HANGS_AFTER:g} s and is ended")
            self.process.kill()  # a frozen process does not handle SIGTERM
            self.process.wait()
        self.looked = time.monotonic()

    def last_words(self) -> str:
        """Why it stopped, from its log or its exit status."""
        code = self.process.returncode if self.process else None
        if code is not None and code < 0:
            return f"killed by signal {-code}"
        try:
            lines = self.log.read_text(encoding="utf-8", errors="replace").splitlines()
        except OSError:
            lines = []
        reasons = [line.strip() for line in lines if line.startswith("✗") or "Error" in line or " ERROR " in line]
        return one_line(reasons[-1].removeprefix("✗ "), 300) if reasons else f"exit status {code}"

    def watch(self) -> None:
        """Restarts a server that died or hangs, after a growing pause."""
        self.look()
        if self.running:
            return
        now = time.monotonic()
        if self.restart_at is None:
            if now - self.started > HEALTHY_AFTER:
                self.pause = FIRST_PAUSE
            self.restart_at = now + self.pause
            step(f"{self.name} stopped ({self.last_words()}). It starts again in {self.pause:g} s")
            self.pause = min(self.pause * 2, LONGEST_PAUSE)
        elif now >= self.restart_at:
            self.start()

    def stop(self) -> None:
        """Sends SIGTERM (the process finishes its turns), and SIGKILL after :data:`STOP_WITHIN` seconds."""
        if self.process is None:
            return
        if self.running:
            self.process.terminate()
        try:
            self.process.wait(STOP_WITHIN)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def answers(url: str, seconds: float) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=seconds) as answer:  # noqa: S310 - our own address
            return bool(answer.status == 200)
    except (OSError, http.client.HTTPException):
        return False


def check_port(host: str, port: int, variable: str) -> None:
    """Raises :class:`Stop` if another program listens on the port."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise Stop(
                f"Port {port} cannot be used ({error.strerror or error}). "
                f"Stop the program that uses it, or choose another port: {variable}={port + 10} make run"
            ) from None


def servers(settings: Settings) -> list[Server]:
    """The two servers and the jobs, not started yet. Their logs are truncated."""
    logs = VAR / "log"
    logs.mkdir(parents=True, exist_ok=True)
    health = f"{settings.action_url}/health"
    ready, live = f"{settings.local_url}/health/ready", f"{settings.local_url}/health/live"
    made = [
        Server("Action server", "whichpath.server.action_server", health, logs / "actions.log", health),
        Server("Rasa", "whichpath.server.serve", ready, logs / "rasa.log", live),
    ]
    if any(line.endswith(" is on") for line in channel_lines()):
        made.append(Server("Reminders", "whichpath.jobs.reminders", None, logs / "reminders.log"))
    made.append(Server("Retention", "whichpath.jobs.retention", None, logs / "retention.log"))
    for server in made:
        server.log.write_bytes(b"")
    return made


def wait_until_ready(both: list[Server]) -> None:
    """Returns when both answer.

    Raises:
        Stop: one died, or is not ready within :data:`READY_WITHIN` seconds.
    """
    deadline = time.monotonic() + READY_WITHIN
    waiting = list(both)
    while waiting:
        for server in both:
            if not server.running:
                raise Stop(f"{server.name} did not start: {server.last_words()} (log: {server.log.relative_to(ROOT)})")
        waiting = [server for server in waiting if not server.ready()]
        if waiting and time.monotonic() > deadline:
            late = waiting[0]
            raise Stop(f"{late.name} was not ready in {READY_WITHIN:.0f} s (log: {late.log.relative_to(ROOT)})")
        time.sleep(0.1)


def channel_lines() -> list[str]:
    """One line for each channel of a provider: on, or off and why."""
    lines = []
    for channel in channels():
        if channel.settings is None:
            continue
        try:
            channel.read()
            lines.append(f"{channel.title} is on")
        except Off as reason:
            lines.append(f"{channel.title} is off ({reason})")
    return lines


class _Stopped(Exception):
    """SIGTERM or SIGINT."""


def _on_signal(_number: int, _frame: FrameType | None) -> None:
    raise _Stopped


def run() -> None:
    """Trains where needed, starts both servers, and stays until a signal.

    Raises:
        Stop: something is missing, broken or in use.
    """
    settings = read_settings()
    keep_private(VAR)
    check_port(settings.host, settings.port, "WHICHPATH_PORT")
    check_port("127.0.0.1", settings.action_port, "WHICHPATH_ACTION_PORT")
    began = time.monotonic()
    # In a process of its own, so that Rasa's training modules do not stay in memory.
    trained = subprocess.run(
        [sys.executable, "-m", "whichpath.server.train", "--if-needed"], cwd=ROOT, env=dict(os.environ)
    )
    if trained.returncode != 0:
        raise SystemExit(trained.returncode)
    step("Starting the action server and Rasa")
    both = servers(settings)
    try:
        for server in both:
            server.start()
        wait_until_ready(both)
        for line in (*channel_lines(), *exposure_lines(settings)):
            step(line)
        done(f"Whichpath is ready at {settings.local_url}/ ({time.monotonic() - began:.0f} s). Ctrl-C stops it.")
        while True:
            time.sleep(0.25)
            for server in both:
                server.watch()
    finally:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        for server in reversed(both):
            server.stop()


def main() -> None:
    """``make run``."""
    signal.signal(signal.SIGTERM, _on_signal)
    signal.signal(signal.SIGINT, _on_signal)
    try:
        run()
    except Stop as fault:
        fail(str(fault))
    except _Stopped:
        done("Stopped.")


if __name__ == "__main__":
    main()
