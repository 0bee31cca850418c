"""The systems that are measured side by side: a copy of the project for each, trained, started and watched.

What Rasa's default pipeline learned is kept in ``var/bench/``, with the time that it took, for as long as the
data and the configuration stay the same: it takes hours, and the other figures are not worth the wait.
"""

from __future__ import annotations

import hashlib
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path

import psutil
import yaml

from bench.accuracy.cases import ROOT, examples
from testing import rest
from testing.servers import Servers

KEPT = ROOT / "var" / "bench"
DEFAULT_CONFIG = Path(__file__).with_name("default_config.yml")
LEFT_OUT = shutil.ignore_patterns(
    ".git", ".venv", ".uv", ".rasa", ".cache", "build", "models", "var", "reports", "node_modules", "__pycache__"
)
#: What our own start leaves out; the default pipeline is measured as Rasa ships it.
STOCK = {"TF_ENABLE_ONEDNN_OPTS": "1", "WHICHPATH_LEAN": "off"}
_LEARNING = "learning: "


@dataclass(frozen=True)
class System:
    """What is measured. ``config``: in the place of our ``config.yml``; ``epochs``: in the place of its own.

    ``examples``: learns from about so many of the training examples, the same for every system that names as many.
    ``learned``: what Rasa's default learned earlier, in ``var/bench/``: its examples are used, and its model.
    """

    name: str
    config: Path | None = None
    epochs: int | None = None
    examples: int | None = None
    environment: dict[str, str] = field(default_factory=dict)
    learned: Path | None = None


OURS = System("Whichpath")
#: Of each topic at least so many examples are kept where not all are, and none with more characters: Rasa's
#: default fills every message of a batch up to the longest.
FEWEST, LONGEST = 6, 120


def default(epochs: int | None = None, examples: int | None = None) -> System:
    """Rasa's default pipeline; with ``epochs`` its classifier learns that many times only (100 by default)."""
    return System("Rasa default", DEFAULT_CONFIG, epochs, examples, STOCK)


@dataclass
class Training:
    """What learning took: seconds of the clock, seconds of processors, and both per part of the pipeline."""

    seconds: float = 0.0
    cpu_seconds: float = 0.0
    parts: list[tuple[str, float, float]] = field(default_factory=list)
    examples: int = 0
    epochs: int | None = None

    @classmethod
    def from_json(cls, row: dict) -> Training:
        """Back from ``dataclasses.asdict`` and a file."""
        return cls(**{**row, "parts": [tuple(part) for part in row["parts"]]})

    def full(self, epochs: int = 100) -> float:
        """Processor seconds with ``epochs`` epochs, where fewer were run.

        Every epoch sees every example once, and the batch size grows from the first to the last in the same
        steps whatever their number, so an epoch costs the same on average. Only DIET is scaled: the dialogue
        policies learn from a handful of stories, in seconds.
        """
        if self.epochs is None or self.epochs >= epochs:
            return self.cpu_seconds
        diet = sum(cpu for part, _seconds, cpu in self.parts if part == "DIETClassifier")
        return self.cpu_seconds + diet * (epochs / self.epochs - 1)


def copy_project(system: System, folder: Path) -> Path:
    """The project in ``folder``, with the configuration of ``system``."""
    shutil.copytree(ROOT, folder, ignore=LEFT_OUT)
    for empty in ("models", "var"):
        (folder / empty).mkdir()
    if system.config:
        (folder / "config.yml").write_text(config_of(system), encoding="utf-8")
    if system.learned:
        shutil.rmtree(folder / "data" / "nlu")
        shutil.copytree(system.learned / "nlu", folder / "data" / "nlu")
    elif system.examples:
        thin(folder / "data" / "nlu", system.examples)
    return folder


def thin(folder: Path, count: int) -> None:
    """Leaves about ``count`` of the examples below ``folder``: every topic in its share, none of them empty."""
    files = {path: yaml.safe_load(path.read_text(encoding="utf-8")) for path in sorted(folder.rglob("*.yml"))}
    found: dict[str, list[tuple[int, str]]] = {}  # topic -> its examples, with the block they stand in
    blocks = [block for content in files.values() for block in content["nlu"] if "intent" in block]
    for place, block in enumerate(blocks):
        lines = [line for line in block["examples"].splitlines() if line.strip() and len(line) <= LONGEST]
        found.setdefault(block["intent"], []).extend((place, line) for line in lines)
    share = count / sum(map(len, found.values()))
    kept: dict[int, list[str]] = {}
    for rows in found.values():
        wanted = min(len(rows), max(FEWEST, round(share * len(rows))))
        for place, line in sorted(random.Random(11).sample(rows, wanted)):
            kept.setdefault(place, []).append(line)
    for place, block in enumerate(blocks):
        block["examples"] = "\n".join(kept.get(place, ()))
    for path, content in files.items():
        content["nlu"] = [block for block in content["nlu"] if block.get("examples", "x")]
        path.write_text(yaml.safe_dump(content, allow_unicode=True, width=10_000), encoding="utf-8")


def config_of(system: System) -> str:
    """The text of its configuration, with its number of epochs."""
    text = (system.config or ROOT / "config.yml").read_text(encoding="utf-8")
    if system.epochs is None:
        return text
    config = yaml.safe_load(text)
    for part in config["pipeline"]:
        if part["name"] == "DIETClassifier":
            part["epochs"] = system.epochs
    return yaml.safe_dump(config, sort_keys=False)


def fingerprint(system: System) -> str:
    """Changes with what ``system`` learns from: configuration, examples, rules; not with the wording of answers."""
    total = hashlib.sha256(f"{system.examples}\0{config_of(system)}".encode())
    domain = yaml.safe_load((ROOT / "domain.yml").read_text(encoding="utf-8"))
    domain["responses"] = sorted(domain.get("responses") or ())
    total.update(json.dumps(domain, sort_keys=True).encode())
    folders = ("data",) if system.config else ("data", "nlu")
    for path in sorted(p for name in folders for p in (ROOT / name).rglob("*") if p.suffix in (".yml", ".py", ".txt")):
        total.update(f"{path.relative_to(ROOT)}\0".encode() + path.read_bytes())
    return total.hexdigest()[:16]


def train(system: System, folder: Path, anew: bool = False) -> Training:
    """Puts a trained model into ``folder``; what it took is measured, or known from the last time.

    Raises:
        SystemExit: training failed.
    """
    kept = KEPT / f"{'default' if system.config else 'ours'}-{fingerprint(system)}"
    if system.config and system.learned:
        kept = system.learned
    if not anew and (kept / "training.json").exists():
        for model in (kept / "models").glob("*.tar.gz"):
            # Newer than everything in the copy, and without a record: `whichpath.server.run` takes it as it is.
            (folder / "models" / model.name).write_bytes(model.read_bytes())
        return Training.from_json(json.loads((kept / "training.json").read_text()))
    training = _train(system, folder)
    shutil.rmtree(kept, ignore_errors=True)
    shutil.copytree(folder / "models", kept / "models")
    shutil.copytree(folder / "data" / "nlu", kept / "nlu")
    (kept / "training.json").write_text(json.dumps(asdict(training)))
    return training


def learned() -> Path | None:
    """What Rasa's default learned last with all its epochs, from whatever examples there were."""
    found = [path for path in KEPT.glob("default-*/training.json") if not json.loads(path.read_text())["epochs"]]
    return max(found, key=lambda path: path.stat().st_mtime).parent if found else None


def _train(system: System, folder: Path) -> Training:
    command = [sys.executable, "-m", "whichpath.server.train"]
    environment = {**os.environ, **system.environment, "RASA_CACHE_DIRECTORY": str(folder / "var" / "cache")}
    learner = psutil.Popen(command, cwd=folder, env=environment, stdout=subprocess.PIPE, text=True)
    training = Training(examples=len(examples(folder / "data" / "nlu")), epochs=system.epochs)
    began = last = time.monotonic()
    spent, part = 0.0, "start"
    for line in learner.stdout:
        cpu = _cpu(learner)
        training.parts.append((part, time.monotonic() - last, cpu - spent))
        last, spent, part = time.monotonic(), cpu, line.partition(_LEARNING)[2].strip() or "other"
    _pid, status, used = os.wait4(learner.pid, 0)
    if status:
        raise SystemExit(f"{system.name}: training failed: see {folder}/var/train.log")
    training.seconds, training.cpu_seconds = time.monotonic() - began, used.ru_utime + used.ru_stime
    return training


def _cpu(process: psutil.Process) -> float:
    try:
        used = process.cpu_times()
    except psutil.Error:
        return 0.0
    return used.user + used.system + used.children_user + used.children_system


class Running(Servers):
    """The servers of one copy of the project, with a database of their own."""

    def __init__(self, folder: Path, system: System = OURS, **environment: str) -> None:
        opened = {**rest.ENVIRONMENT, "WHICHPATH_PROXIES": "1"}
        own = Path(tempfile.mkdtemp(prefix="bench-"))
        super().__init__(own, folder, **{**opened, **system.environment, **environment})

    def processes(self) -> list[psutil.Process]:
        """Rasa and the action server; the watcher is not counted."""
        return [self.child("rasa"), self.child("actions")]

    def memory(self) -> float:
        """What both hold now, in MB; pages that both share count once for each."""
        return sum(process.memory_info().rss for process in self.processes()) / 1e6

    def cpu(self) -> float:
        """Seconds of processors that both have used since they were started."""
        return sum(_cpu(process) for process in self.processes())


@contextmanager
def running(folder: Path, system: System = OURS, **environment: str) -> Iterator[Running]:
    """Starts the servers in ``folder`` (a copy, or the project itself) and ends them."""
    servers = Running(folder, system, **environment)
    servers.start()
    try:
        yield servers
    finally:
        servers.stop()
        shutil.rmtree(servers.folder)
