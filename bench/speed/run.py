"""Measures speed, memory, growth and endurance beside Rasa's default pipeline: ``make bench``.

The two systems differ only in their ``config.yml``: same data, channels, store and machine. Absolute times depend on
the machine; compare the ratios. Report: ``reports/performance.md`` and ``.png``; ``--publish`` copies both into
``reports/measured/``. ``--parts`` repeats some parts and keeps the others.
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
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import psutil

from bench.accuracy.cases import ROOT
from bench.resilience import growth, soak
from bench.resilience.growth import Grown
from bench.speed import performance, sidebyside, systems
from bench.speed.latency import Latency
from bench.speed.load import Step
from bench.speed.systems import System

REPORTS, DOCS = ROOT / "reports", ROOT / "reports" / "measured"
PARTS = ("ours", "ours_small", "default", "epochs", "growth", "soak")


def _say(name: str) -> Callable[[str], None]:
    return lambda text: print(f"{time.strftime('%H:%M:%S')} {name}: {text}", flush=True)


def _system(which: str, given: argparse.Namespace) -> dict[str, Any]:
    some = given.examples or None
    system = {"ours": systems.OURS, "ours_small": System("Whichpath", examples=some)}.get(which)
    system = system or systems.default(examples=some)
    if given.learned and which != "ours":
        system = replace(system, learned=systems.learned())
    anew = given.train_anew or which != "default"  # ours takes a minute or two, so it is always trained
    seconds = 0 if which == "ours_small" else given.step_seconds
    with tempfile.TemporaryDirectory(prefix="bench-") as scratch:
        folder = Path(scratch) / "project"
        found = sidebyside.measure(system, folder, given.files, given.turns, seconds, anew, _say(which))
    return sidebyside.to_json(found)


def _epochs(given: argparse.Namespace) -> dict[str, Any]:
    _say("default, all examples")(f"{given.epochs} epochs")
    system = systems.default(epochs=given.epochs)
    with tempfile.TemporaryDirectory(prefix="bench-") as scratch:
        folder = systems.copy_project(system, Path(scratch) / "project")
        return asdict(systems.train(system, folder, given.train_anew))


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
    """A description of this machine."""
    name = platform.processor() or platform.machine()
    try:
        rows = Path("/proc/cpuinfo").read_text().splitlines()
        name = next((row.split(":")[1].strip() for row in rows if row.startswith("model name")), name)
    except OSError:
        pass
    return f"{os.cpu_count()} cores ({name}), {psutil.virtual_memory().total / 1e9:.0f} GB, {platform.system()}"


def write(kept: dict[str, Any], folder: Path) -> str:
    """Draws the chart, writes the report, returns the table."""
    found = {which: sidebyside.from_json(kept[which]) for which in performance.COLUMNS if which in kept}
    whole = systems.Training.from_json(kept["epochs"]) if "epochs" in kept else None
    grown = [Grown(**{**row, "reply": Latency(**row["reply"])}) for row in kept.get("growth", [])]
    soaked = None
    if row := kept.get("soak"):
        soaked = soak.Soak(Step(**row["load"]), soak.Slope(**row["slope"]), [tuple(s) for s in row["samples"]])
    folder.mkdir(exist_ok=True)
    performance.picture(found, grown, soaked, folder / "performance.png")
    load = ", ".join(f"{part} {value:.1f}" for part, value in kept.get("load", {}).items())
    table = performance.lines(found, whole, grown, soaked)
    text = f"""# Performance

Measured by `make bench` on {kept["machine"]}; {kept["when"]}.
All columns differ in `config.yml` and in how many training examples they learned from: ours, and what `rasa init`
of Rasa 3.6.21 uses (`bench/speed/default_config.yml`). Channels, store, actions and machine are the same. The clients
(locust: REST and the widget's web socket, one message every 2 s) ran on that machine too and took their share of it.
Load of other work when each part began, in processes: {load}. {kept.get("remark", "")}
{_note(found, whole)}
{table}
![Load, one conversation, growth, soak](performance.png)
"""
    (folder / "performance.md").write_text(text, encoding="utf-8")
    return table


def _note(found: dict[str, sidebyside.Figures], whole: systems.Training | None) -> str:
    """A note on the training of the default pipeline."""
    if "default" not in found or whole is None or not whole.epochs:
        return ""
    few, minutes, longest = found["default"].training.examples, whole.cpu_seconds / 60, systems.LONGEST
    return f"""
Rasa's default takes hours to learn from all {whole.examples:,} examples here. So it is compared on {few:,} of
them: every topic in its share, no message above {longest} characters, all its 100 epochs, and ours beside it on
the same. Equal are the examples that the classifiers learned from: our sentence encoder comes tuned, on examples of
ours (`training/tune.py`), which the default has nothing like. What the default would take on all of them is
**extrapolated**: {whole.epochs} epochs were run ({minutes:.0f} processor minutes with everything else),
and those of DIET count for 100. `make bench ARGS="--examples 0"` trains it on all.
"""


def main(arguments: Sequence[str] | None = None) -> None:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m bench.speed.run", description=__doc__.splitlines()[0])
    parser.add_argument("files", nargs="*", type=Path, help="further messages to score (JSON lines)")
    parser.add_argument("--parts", nargs="*", choices=PARTS, default=list(PARTS))
    parser.add_argument("--turns", type=int, default=300, help="of one person")
    parser.add_argument("--step-seconds", type=float, default=20, help="length of a step of the load test")
    parser.add_argument("--sizes", type=int, nargs="*", default=list(growth.SIZES), help="conversations stored")
    parser.add_argument("--soak-seconds", type=float, default=soak.SECONDS)
    parser.add_argument("--examples", type=int, default=800, help="for Rasa's default; 0 for all (hours)")
    parser.add_argument("--epochs", type=int, default=3, help="of Rasa's default on all examples, to be extrapolated")
    parser.add_argument(
        "--learned", action="store_true", help="on the examples that Rasa's default learned last, newer or not"
    )
    parser.add_argument("--train-anew", action="store_true", help="train the default too, though nothing has changed")
    parser.add_argument("--remark", default="", help="a sentence about the circumstances, for the report")
    parser.add_argument("--publish", action="store_true", help="copy the report into reports/measured/")
    given = parser.parse_args(arguments)
    REPORTS.mkdir(exist_ok=True)
    record = REPORTS / "performance.json"
    kept = json.loads(record.read_text()) if record.exists() else {}
    kept |= {"machine": machine(), "when": time.strftime("%B %d, %Y"), "remark": given.remark}
    for part in given.parts:
        kept.setdefault("load", {})[part] = os.getloadavg()[0]
        measured = {"growth": _growth, "soak": _soak, "epochs": _epochs}.get(
            part, lambda g, part=part: _system(part, g)
        )
        kept[part] = measured(given)
        record.write_text(json.dumps(kept, indent=1))
    print(f"\n{write(kept, REPORTS)}\nReport: {REPORTS / 'performance.md'}")
    if given.publish:
        for name in ("performance.md", "performance.png"):
            shutil.copy(REPORTS / name, DOCS / name)


if __name__ == "__main__":
    main()
