"""The systems that are compared: a copy of the project for each, trained, started and measured.

The model of Rasa's default pipeline is kept in ``var/bench/`` with its training time until the data or the
configuration change, because its training takes hours.
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
#: Turns off the optimisations of our start: the default pipeline is measured as Rasa ships it.
STOCK = {"TF_ENABLE_ONEDNN_OPTS": "1", "WHICHPATH_LEAN": "off"}
_LEARNING = "learning: "


@dataclass(frozen=True)
class System:
    """A system to measure. ``config``: replaces our ``config.yml``; ``epochs``: replaces its number of epochs.

    ``examples``: trains on about so many examples, the same ones for every system with this number.
    ``learned``: an earlier training of Rasa's default in ``var/bench/``, whose examples and model are used.
    """

    name: str
    config: Path | None = None
    epochs: int | None = None
    examples: int | None = None
    environment: dict[str, str] = field(default_factory=dict)
    learned: Path | None = None


OURS = System("Whichpath")
#: Least number of examples per topic in a subset, and their greatest length in characters: Rasa's default pads every
#: message of a batch to the longest.
FEWEST, LONGEST = 6, 120


def default(epochs: int | None = None, examples: int | None = None) -> System:
    """Rasa's default pipeline; ``epochs``: of its classifier (``None``: 100); ``examples``: see :class:`System`."""
    return System("Rasa default", DEFAULT_CONFIG, epochs, examples, STOCK)


@dataclass
class Training:
    """The duration of a training: wall-clock seconds, CPU seconds, and both per component."""

    seconds: float = 0.0
    cpu_seconds: float = 0.0
    parts: list[tuple[str, float, float]] = field(default_factory=list)
    examples: int = 0
    epochs: int | None = None

    @classmethod
    def from_json(cls, row: dict) -> Training:
        """The inverse of ``dataclasses.asdict``."""
        return cls(**{**row, "parts": [tuple(part) for part in row["parts"]]})

    def full(self, epochs: int = 100) -> float:
        """The estimated CPU seconds with ``epochs`` epochs, where fewer were run.

        Every epoch uses every example once, and the batch size grows in the same proportion whatever the number of
        epochs, so the mean cost of an epoch is constant. Only DIET is scaled: the dialogue policies train on a few
        stories, in seconds.
        """
        if self.epochs is None or self.epochs >= epochs:
            return self.cpu_seconds
        diet = sum(cpu for part, _seconds, cpu in self.parts if part == "DIETClassifier")
        return self.cpu_seconds + diet * (epochs / self.epochs - 1)


def copy_project(system: System, folder: Path) -> Path:
    """Copies the project to ``folder``, with the configuration of ``system``."""
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
    """Reduces the examples below ``folder`` to about ``count``, in proportion by topic, none empty."""
    files = {path: yaml.safe_load(path.read_text(encoding="utf-8")) for path in sorted(folder.rglob("*.yml"))}
    found: dict[str, list[tuple[int, str]]] = {}  # topic -> its examples, with their block
    blocks = [block for content in files.values() for block in content["nlu"] if "intent" in block]
    for place, block in enumerate(blocks):
        lines = [line for line in block["examples"].splitlines() if line.strip() and len(line) <= LONGEST]
        found.setdefault(block["intent"].partition("/")[0], []).extend((place, line) for line in lines)
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
    """The text of the system's configuration, with its number of epochs."""
    text = (system.config or ROOT / "config.yml").read_text(encoding="utf-8")
    if system.epochs is None:
        return text
    config = yaml.safe_load(text)
    for part in config["pipeline"]:
        if part["name"] == "DIETClassifier":
            part["epochs"] = system.epochs
    return yaml.safe_dump(config, sort_keys=False)


def fingerprint(system: System) -> str:
    """A digest of everything that ``system`` trains on: configuration, examples, rules; not the wording of answers."""
    total = hashlib.sha256(f"{system.examples}\0{config_of(system)}".encode())
    domain = yaml.safe_load((ROOT / "domain.yml").read_text(encoding="utf-8"))
    domain["responses"] = sorted(domain.get("responses") or ())
    total.update(json.dumps(domain, sort_keys=True).encode())
    folders = ("data",) if system.config else ("data", "nlu")
    for path in sorted(p for name in folders for p in (ROOT / name).rglob("*") if p.suffix in (".yml", ".py", ".txt")):
        total.update(f"{path.relative_to(ROOT)}\0".encode() + path.read_bytes())
    return total.hexdigest()[:16]


def train(system: System, folder: Path, anew: bool = False) -> Training:
    """Trains a model in ``folder``, or reuses a known one; returns the duration of the training.

    Raises:
        SystemExit: training failed.
    """
    kept = KEPT / f"{'default' if system.config else 'ours'}-{fingerprint(system)}"
    if system.config and system.learned:
        kept = system.learned
    if not anew and (kept / "training.json").exists():
        for model in (kept / "models").glob("*.tar.gz"):
            # Newer than everything in the copy and without a record, so that `whichpath.server.run` does not retrain.
            (folder / "models" / model.name).write_bytes(model.read_bytes())
        return Training.from_json(json.loads((kept / "training.json").read_text()))
    training = _train(system, folder)
    shutil.rmtree(kept, ignore_errors=True)
    shutil.copytree(folder / "models", kept / "models")
    shutil.copytree(folder / "data" / "nlu", kept / "nlu")
    (kept / "training.json").write_text(json.dumps(asdict(training)))
    return training


def learned() -> Path | None:
    """The folder of the last full training of Rasa's default, whatever its examples, or ``None``."""
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
    """The servers of one copy of the project, with their own database."""

    def __init__(self, folder: Path, system: System = OURS, **environment: str) -> None:
        opened = {**rest.ENVIRONMENT, "WHICHPATH_PROXIES": "1"}
        own = Path(tempfile.mkdtemp(prefix="bench-"))
        super().__init__(own, folder, **{**opened, **system.environment, **environment})

    def processes(self) -> list[psutil.Process]:
        """The processes of Rasa and the action server, without the watcher."""
        return [self.child("rasa"), self.child("actions")]

    def memory(self) -> float:
        """The current memory of both, in MB; shared pages count for each."""
        return sum(process.memory_info().rss for process in self.processes()) / 1e6

    def cpu(self) -> float:
        """The CPU seconds that both have used since their start."""
        return sum(_cpu(process) for process in self.processes())


@contextmanager
def running(folder: Path, system: System = OURS, **environment: str) -> Iterator[Running]:
    """Starts the servers in ``folder`` (a copy, or the project itself), and stops them on exit."""
    servers = Running(folder, system, **environment)
    servers.start()
    try:
        yield servers
    finally:
        servers.stop()
        shutil.rmtree(servers.folder)
