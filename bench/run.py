"""Side by side with Rasa's default pipeline, on the same data and machine, in one run: ``make bench``.

Each system gets a copy of the project of its own, is trained, scored, started and talked to over REST.
Absolute times hold for this machine alone; the ratios are what to read. The report lands in reports/bench.md.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

import httpx
import psutil

from bench.cases import ROOT, heldout
from bench.report import table

LEFT_OUT = shutil.ignore_patterns(
    ".git", ".venv", ".uv", ".rasa", "models", "var", "reports", "node_modules", "__pycache__", ".hypothesis"
)
READY_WITHIN = 300.0
SYSTEMS = {"Whichpath": None, "Rasa default": ROOT / "bench" / "default_config.yml"}


@dataclass
class Figures:
    """What was measured of one system. Seconds, milliseconds, MB, shares of 1."""

    train_seconds: float = 0.0
    train_cpu_seconds: float = 0.0
    model_mb: float = 0.0
    start_seconds: float = 0.0
    memory_mb: float = 0.0
    reply_p50_ms: float = 0.0
    reply_p95_ms: float = 0.0
    reply_p99_ms: float = 0.0
    right_first: dict[str, float] = field(default_factory=dict)


def copy_project(folder: Path, config: Path | None) -> None:
    """The project in ``folder``, with another ``config.yml`` where one is given."""
    shutil.copytree(ROOT, folder, ignore=LEFT_OUT)
    (folder / "models").mkdir()
    if config:
        shutil.copy(config, folder / "config.yml")


def _call(folder: Path, *arguments: str) -> None:
    """Runs a module of the copy; its output goes to a log.

    Raises:
        SystemExit: it failed.
    """
    log = folder / "bench.log"
    with open(log, "ab") as out:
        done = subprocess.run([sys.executable, "-m", *arguments], cwd=folder, stdout=out, stderr=out)
    if done.returncode:
        raise SystemExit(f"{' '.join(arguments)} failed:\n{log.read_text(errors='replace')[-2000:]}")


def train(folder: Path, figures: Figures) -> None:
    """Trains anew: wall time and processor time of the whole command."""
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    _call(folder, "ops.train")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    figures.train_seconds = time.monotonic() - began
    figures.train_cpu_seconds = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    figures.model_mb = max(p.stat().st_size for p in (folder / "models").glob("*.tar.gz")) / 1e6


def score(folder: Path, files: Sequence[Path], figures: Figures) -> None:
    """Topic right first, on our held-out messages and on every file given."""
    _call(folder, "bench.evaluate", "--no-folds", *[str(f.resolve()) for f in files])
    summary = json.loads((folder / "reports" / "evaluation.json").read_text())
    for name, rows in summary.items():
        if isinstance(rows, dict):
            part, whole = rows["topic right first"]
            figures.right_first[name] = part / whole if whole else 0.0


def talk(folder: Path, turns: int, figures: Figures) -> None:
    """Starts the servers and sends ``turns`` messages one after the other, each person three of them."""
    port = 15005
    environment = {
        **os.environ,
        "WHICHPATH_PORT": str(port),
        "WHICHPATH_ACTION_PORT": str(port + 50),
        "WHICHPATH_DB_URL": f"sqlite:///{folder}/bench.db",
        "WHICHPATH_TURN_SECONDS": "60",
    }
    began = time.monotonic()
    with open(folder / "run.log", "wb") as out:
        command = [sys.executable, "-m", "ops.run"]
        watcher = subprocess.Popen(command, cwd=folder, env=environment, stdout=out, stderr=out)
    try:
        url = f"http://127.0.0.1:{port}"
        _wait(url, watcher, folder)
        texts = [case.text[:900] for case in heldout()]
        times = []
        with httpx.Client(timeout=60) as client:
            for number in range(turns + 10):
                body = {"sender": f"bench-{number // 3}", "message": texts[number * 7 % len(texts)]}
                sent = time.perf_counter()
                client.post(f"{url}/webhooks/rest/webhook", json=body).raise_for_status()
                times.append((time.perf_counter() - sent) * 1000)
                if number == 0:
                    figures.start_seconds = time.monotonic() - began
        ranked = sorted(times[10:])
        figures.reply_p50_ms = statistics.median(ranked)
        figures.reply_p95_ms = ranked[int(0.95 * (len(ranked) - 1))]
        figures.reply_p99_ms = ranked[int(0.99 * (len(ranked) - 1))]
        servers = psutil.Process(watcher.pid).children(recursive=True)
        figures.memory_mb = sum(p.memory_info().rss for p in servers) / 1e6
    finally:
        watcher.terminate()
        watcher.wait(30)


def _wait(url: str, watcher: subprocess.Popen[bytes], folder: Path) -> None:
    deadline = time.monotonic() + READY_WITHIN
    while time.monotonic() < deadline and watcher.poll() is None:
        try:
            if httpx.get(f"{url}/health/ready", timeout=2).status_code == 200:
                return
        except httpx.HTTPError:
            pass
        time.sleep(0.05)
    raise SystemExit(f"the servers did not start:\n{(folder / 'run.log').read_text(errors='replace')[-2000:]}")


def rows(measured: dict[str, Figures]) -> list[list[str]]:
    """The table: one line a figure, with the ratio of the default pipeline to ours."""
    ours, theirs = (asdict(measured[name]) for name in SYSTEMS)
    lines = []
    for key, mine in ours.items():
        if key == "right_first":
            lines += [
                [f"topic right first, {name}", f"{share:.1%}", f"{theirs[key].get(name, 0):.1%}",
                 f"{100 * (share - theirs[key].get(name, 0)):+.1f} points"]
                for name, share in mine.items()
            ]
        else:
            ratio = theirs[key] / mine if mine else 0.0
            lines.append([key.replace("_", " "), f"{mine:.1f}", f"{theirs[key]:.1f}", f"{ratio:.1f} x"])
    return lines


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description="Measure Whichpath beside Rasa's default pipeline.")
    parser.add_argument("files", nargs="*", type=Path, help="further messages to score (JSON lines)")
    parser.add_argument("--turns", type=int, default=300)
    chosen = parser.parse_args()
    measured = {}
    for name, config in SYSTEMS.items():
        figures = measured[name] = Figures()
        with tempfile.TemporaryDirectory(prefix="bench-") as scratch:
            folder = Path(scratch) / "project"
            copy_project(folder, config)
            print(f"{name}: training", flush=True)
            train(folder, figures)
            print(f"{name}: scoring", flush=True)
            score(folder, chosen.files, figures)
            print(f"{name}: {chosen.turns} turns over REST", flush=True)
            talk(folder, chosen.turns, figures)
    text = table(["", *SYSTEMS, "ratio"], rows(measured))
    out = ROOT / "reports" / "bench.md"
    out.parent.mkdir(exist_ok=True)
    out.write_text(f"# Whichpath beside Rasa's default pipeline\n\nSame data, same machine, one run.\n\n{text}\n")
    print(f"\n{text}\n\nReport: {out}")


if __name__ == "__main__":
    main()
