"""Measures one system: training, accuracy, start, one person, many people."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

from bench.speed.latency import Latency, replies, say_once
from bench.speed.load import Step, best, climb
from bench.speed.systems import Running, System, Training, copy_project, running, train

Say = Callable[[str], None]


@dataclass
class Figures:
    """The figures of one system, in seconds, milliseconds, MB, and proportions of 1."""

    training: Training
    model_mb: float
    right_first: dict[str, float]
    start_seconds: float
    memory_mb: float
    rasa_mb: float
    reply: Latency
    cpu_ms: float
    steps: list[Step] = field(default_factory=list)

    @property
    def best(self) -> Step | None:
        """The step with the most turns per second within the load test's limit, or ``None``."""
        return best(self.steps)


def measure(
    system: System, folder: Path, files: Sequence[Path], turns: int, seconds: float, anew: bool, say: Say
) -> Figures:
    """Measures ``system`` in a copy of the project at ``folder``.

    ``files``: messages to score; ``turns``: of one person; ``seconds``: per step of the load test, 0 for none;
    ``anew``: trains even if a model is known.
    """
    copy_project(system, folder)
    say("training")
    training = train(system, folder, anew)
    model = max((folder / "models").glob("*.tar.gz"), key=lambda path: path.stat().st_mtime)
    say("scoring")
    right = score(folder, files)
    say("starting")
    began = time.monotonic()
    with running(folder, system) as servers:
        say_once(servers.address)
        start = time.monotonic() - began
        say(f"{turns} turns of one person")
        reply, cpu = _alone(servers, turns)
        memory, rasa = servers.memory(), servers.child("rasa").memory_info().rss / 1e6
        if seconds:
            say("many people")
        steps = climb(servers, seconds) if seconds else []
    return Figures(training, model.stat().st_size / 1e6, right, start, memory, rasa, reply, cpu, steps)


def _alone(servers: Running, turns: int) -> tuple[Latency, float]:
    """The latency of one person's turns, and the CPU milliseconds per turn."""
    replies(servers.address, 10)
    before = servers.cpu()
    times = replies(servers.address, turns, warm=0)
    return times, 1000 * (servers.cpu() - before) / turns


def score(folder: Path, files: Sequence[Path]) -> dict[str, float]:
    """The proportion with the right topic first, on our held-out messages and on each file.

    Raises:
        SystemExit: the scoring failed.
    """
    command = [sys.executable, "-m", "bench.accuracy.evaluate", "--no-folds", *[str(f.resolve()) for f in files]]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"scoring failed:\n{done.stderr[-2000:]}")
    summary = json.loads((folder / "reports" / "evaluation.json").read_text())
    shares = {name: rows["topic right first"] for name, rows in summary.items() if isinstance(rows, dict)}
    return {name: part / whole if whole else 0.0 for name, (part, whole) in shares.items()}


def to_json(figures: Figures) -> dict:
    """The figures as JSON for ``reports/performance.json``."""
    return asdict(figures)


def from_json(row: dict) -> Figures:
    """The inverse of :func:`to_json`."""
    training = Training.from_json(row["training"])
    steps = [Step(**step) for step in row["steps"]]
    return Figures(**{**row, "training": training, "reply": Latency(**row["reply"]), "steps": steps})
