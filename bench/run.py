"""Speed, memory, growth and endurance, beside Rasa's default pipeline, in one run: ``make bench``.

The two systems differ in their ``config.yml`` alone: same data, same channels, same store, same machine. Absolute
times hold for this machine; the ratios are what to read. Report: ``reports/performance.md`` and ``.png``;
``--publish`` puts both into ``docs/``. ``--parts`` runs some parts anew and keeps the others from the last run.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import psutil

from bench import growth, performance, sidebyside, soak, systems
from bench.cases import ROOT
from bench.growth import Grown
from bench.latency import Latency
from bench.load import Step

REPORTS, DOCS = ROOT / "reports", ROOT / "docs"
PARTS = ("ours", "default", "growth", "soak")


def _say(name: str) -> Callable[[str], None]:
    return lambda text: print(f"{time.strftime('%H:%M:%S')} {name}: {text}", flush=True)


def _system(which: str, given: argparse.Namespace) -> dict[str, Any]:
    system = systems.OURS if which == "ours" else systems.default(given.default_epochs)
    anew = given.train_anew or which == "ours"  # ours takes minutes: it is always measured
    with tempfile.TemporaryDirectory(prefix="bench-") as scratch:
        folder = Path(scratch) / "project"
        found = sidebyside.measure(
            system, folder, given.files, given.turns, given.step_seconds, anew, _say(system.name)
        )
    return sidebyside.to_json(found)


def _growth(given: argparse.Namespace) -> list[dict[str, Any]]:
    say, rows = _say("growth"), []
    for row in growth.both(given.sizes, given.turns):
        say(f"{row.database}, {row.conversations:,} conversations")
        rows.append(asdict(row))
    return rows


def _soak(given: argparse.Namespace) -> dict[str, Any]:
    _say("soak")(f"{given.soak_seconds:.0f} s")
    with systems.running(ROOT) as servers:
        found = soak.soak(servers, given.soak_seconds)
    return asdict(found)


def machine() -> str:
    """What it was measured on."""
    name = platform.processor() or platform.machine()
    try:
        rows = Path("/proc/cpuinfo").read_text().splitlines()
        name = next((row.split(":")[1].strip() for row in rows if row.startswith("model name")), name)
    except OSError:
        pass
    return f"{os.cpu_count()} cores ({name}), {psutil.virtual_memory().total / 1e9:.0f} GB, {platform.system()}"


def write(kept: dict[str, Any], folder: Path) -> str:
    """Draws the picture, writes the report, returns the table."""
    names = {"ours": systems.OURS.name, "default": performance.THEIRS}
    found = {names[w]: sidebyside.from_json(kept[w]) for w in names if w in kept}
    grown = [Grown(**{**row, "reply": Latency(**row["reply"])}) for row in kept.get("growth", [])]
    soaked = None
    if row := kept.get("soak"):
        soaked = soak.Soak(Step(**row["load"]), soak.Slope(**row["slope"]), [tuple(s) for s in row["samples"]])
    folder.mkdir(exist_ok=True)
    performance.picture(found, grown, soaked, folder / "performance.png")
    table = performance.lines(found, grown, soaked)
    examples = found[names["ours"]].training.examples
    text = f"""# Performance

Measured by `make bench` on {kept["machine"]}; {kept["when"]}.
Both columns differ in `config.yml` alone: ours, and what `rasa init` of Rasa 3.6.21 uses
(`bench/default_config.yml`), on the same {examples:,} examples. The clients (locust: REST and the widget's web
socket, one message every 2 s) ran on the same machine and took their share of it.

{table}
![Load, one conversation, growth, soak](performance.png)
{_note(found.get(names["default"]))}"""
    (folder / "performance.md").write_text(text, encoding="utf-8")
    return table


def _note(theirs: sidebyside.Figures | None) -> str:
    """How the default pipeline's training was measured, where it was not run to its end."""
    if theirs is None or theirs.training.epochs is None:
        return ""
    training = theirs.training
    minutes, times = training.cpu_seconds / 60, 100 / training.epochs
    return f"""
Rasa's default learns in 100 epochs. Here it ran {training.epochs} of them ({minutes:.0f} processor minutes).
The time of 100 is that of DIET's epochs times {times:g}, and the rest as it was: each epoch reads every example
once, and the batches grow in the same steps whatever the number. Its accuracy is the one after these epochs.
`make bench ARGS="--default-epochs 0"` runs all of them.
"""


def main(arguments: Sequence[str] | None = None) -> None:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m bench.run", description=__doc__.splitlines()[0])
    parser.add_argument("files", nargs="*", type=Path, help="further messages to score (JSON lines)")
    parser.add_argument("--parts", nargs="*", choices=PARTS, default=list(PARTS))
    parser.add_argument("--turns", type=int, default=300, help="of one person")
    parser.add_argument("--step-seconds", type=float, default=20, help="length of a step of the load test")
    parser.add_argument("--sizes", type=int, nargs="*", default=list(growth.SIZES), help="conversations stored")
    parser.add_argument("--soak-seconds", type=float, default=soak.SECONDS)
    parser.add_argument("--default-epochs", type=int, default=20, help="of Rasa's default pipeline; 0 for its own 100")
    parser.add_argument("--train-anew", action="store_true", help="train the default too, though nothing has changed")
    parser.add_argument("--publish", action="store_true", help="copy the report into docs/")
    given = parser.parse_args(arguments)
    given.default_epochs = given.default_epochs or None
    REPORTS.mkdir(exist_ok=True)
    record = REPORTS / "performance.json"
    kept = json.loads(record.read_text()) if record.exists() else {}
    kept |= {"machine": machine(), "when": time.strftime("%B %d, %Y")}
    for part in given.parts:
        measured = {"growth": _growth, "soak": _soak}.get(part, lambda g, part=part: _system(part, g))
        kept[part] = measured(given)
        record.write_text(json.dumps(kept, indent=1))
    print(f"\n{write(kept, REPORTS)}\nReport: {REPORTS / 'performance.md'}")
    if given.publish:
        for name in ("performance.md", "performance.png"):
            shutil.copy(REPORTS / name, DOCS / name)


if __name__ == "__main__":
    main()
