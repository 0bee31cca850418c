"""A load test in steps, with HTTP and WebSocket clients run by locust: ``python -m bench.speed.load``.

The clients run on the same machine as the servers and use part of it, so the figures are lower than those of a
dedicated server.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from bench.accuracy.cases import ROOT
from bench.speed.systems import Running, running

#: Seconds for locust to start, to stop and to print its statistics.
PATIENCE = 60.0
USERS = Path(__file__).with_name("load_users.py")
PEOPLE = ("RestPerson", "WebPerson")
#: The limit for the 95th percentile, in ms.
BAR_MS = 300.0
FIRST, MOST = 10, 640


@dataclass(frozen=True)
class Step:
    """The figures of one step. Times in ms, memory in MB; ``cores``: used by both servers."""

    users: int
    turns: int
    failures: int
    per_second: float
    p50: float
    p95: float
    p99: float
    cores: float
    memory: float

    @property
    def kept(self) -> bool:
        """Whether every message was answered within the limit."""
        return self.turns > 0 and self.failures == 0 and self.p95 <= BAR_MS

    @property
    def per_core(self) -> float:
        """Turns per second and core that the servers used."""
        return self.per_second / self.cores if self.cores else 0.0


def locust(address: str, users: int, seconds: float, people: Sequence[str] = PEOPLE, pause: float = 1.0) -> list[dict]:
    """Locust's statistics of a run, one entry per kind of request. ``pause``: ``PAUSE`` of the people.

    Raises:
        RuntimeError: locust's output cannot be parsed.
    """
    command = [sys.executable, "-m", "locust", "-f", str(USERS), "--headless", "--json", "--skip-log"]
    # Starts are spread over the time between two messages.
    command += ["-u", str(users), "-r", f"{users / 2:g}", "-t", f"{seconds:g}s", "-s", "5", "--host", address, *people]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONWARNINGS": "ignore", "BENCH_PAUSE": str(pause)}
    # Locust exits with 1 if a request failed, which the statistics contain too.
    done = _run(command, environment, seconds + PATIENCE)
    try:
        return json.loads(done.stdout)
    except ValueError:
        raise RuntimeError(f"locust ended with {done.returncode}: {done.stderr[-1000:]}") from None


def _run(command: list[str], environment: dict[str, str], most: float) -> subprocess.CompletedProcess[str]:
    """Runs the command, a second time if it hangs: a client thread that does not end prevents locust from ending."""
    for last in (False, True):
        try:
            return subprocess.run(
                command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=most, check=False
            )
        except subprocess.TimeoutExpired:
            if last:
                raise RuntimeError(f"locust did not end within {most:.0f} s, twice") from None
    raise AssertionError


def percentile(counts: dict[int, int], share: float) -> float:
    """The percentile ``share`` (0 to 1) in ms; ``counts``: time in ms -> number of requests."""
    left = share * sum(counts.values())
    for time in sorted(counts):
        left -= counts[time]
        if left <= 0:
            return float(time)
    return 0.0


def step(servers: Running, users: int, seconds: float, people: Sequence[str] = PEOPLE, pause: float = 1.0) -> Step:
    """Runs ``users`` people for ``seconds``."""
    before = servers.cpu()
    rows = [row for row in locust(servers.address, users, seconds, people, pause) if row["name"] == "turn"]
    counts: dict[int, int] = {}
    for row in rows:
        for time, number in row["response_times"].items():
            counts[int(float(time))] = counts.get(int(float(time)), 0) + number
    turns, failures = sum(row["num_requests"] for row in rows), sum(row["num_failures"] for row in rows)
    p50, p95, p99 = (percentile(counts, share) for share in (0.5, 0.95, 0.99))
    cores = (servers.cpu() - before) / seconds
    return Step(users, turns, failures, turns / seconds, p50, p95, p99, cores, servers.memory())


def climb(servers: Running, seconds: float, people: Sequence[str] = PEOPLE, most: int = MOST) -> list[Step]:
    """Doubles the people until the limit is exceeded, then halves the interval twice. Steps in order of execution."""
    steps, good, users = [], 0, FIRST
    while users <= most:
        steps.append(step(servers, users, seconds, people))
        if not steps[-1].kept:
            break
        good, users = users, users * 2
    bad = users
    for _ in range(2):
        middle = (good + bad) // 2
        if good == 0 or bad > most or middle in (good, bad):
            break
        steps.append(step(servers, middle, seconds, people))
        good, bad = (middle, bad) if steps[-1].kept else (good, middle)
    return steps


def best(steps: Sequence[Step]) -> Step | None:
    """The step with the most turns per second within the limit, or ``None``."""
    return max((s for s in steps if s.kept), key=lambda s: s.per_second, default=None)


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m bench.speed.load", description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=20, help="length of a step")
    parser.add_argument("--people", nargs="*", choices=PEOPLE, default=list(PEOPLE))
    given = parser.parse_args()
    with running(ROOT) as servers:
        step(servers, FIRST, 5, given.people)
        for row in climb(servers, given.seconds, given.people):
            print(json.dumps({**asdict(row), "kept": row.kept, "per_core": round(row.per_core, 1)}))


if __name__ == "__main__":
    main()
