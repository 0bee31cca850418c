"""Computes processes, database size and cost for a number of conversations per day.

``python -m bench.speed.sizing``

Uses measured figures: those of ``make bench`` (reports/performance.json), or given as options. Everything else is an
assumption; each is an option too, and is printed with the result.
"""

from __future__ import annotations

import argparse
import json
import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import Any

from whichpath.console import fail
from whichpath.settings import ROOT

FIGURES = ROOT / "reports" / "performance.json"
SIZES = (1_000, 100_000, 10_000_000)
#: Least number of pods, so that one may fail; seconds per day; hours per month.
LEAST, DAY, MONTH = 2, 86_400, 730
#: The limit for the 95th percentile at which the turns per second were measured, in ms.
BAR_MS = 300


@dataclass(frozen=True)
class Measured:
    """Measured figures. ``per_core``: turns per second and core; ``pod_mb``: memory of Rasa and its action server;
    ``kb``: of a stored conversation; ``turns``: of each conversation that was stored."""

    per_core: float
    pod_mb: float
    kb: float
    turns: float


@dataclass(frozen=True)
class Assumed:
    """Assumptions. ``turns``: per conversation; ``peak``: ratio of the busiest second to the mean; ``busy``: usable
    part of a core, 0 to 1; ``kept_hours``: storage time of a conversation (docs/privacy.md); ``minutes``: for which a
    page is open; ``line_kb``: memory per open connection; ``core_price``: per hour of a core with 2 GB; ``disk_price``:
    per GB and month."""

    turns: float = 6
    peak: float = 4
    busy: float = 0.6
    kept_hours: float = 24
    minutes: float = 15
    line_kb: float = 30
    core_price: float | None = None
    disk_price: float | None = None


@dataclass(frozen=True)
class Size:
    """The resources for a number of conversations per day: memory and storage in GB, cost per month."""

    conversations: int
    mean: float
    peak: float
    pods: int
    memory_gb: float
    lines: int
    stored_gb: float
    cores: int
    cost: float | None


def size(conversations: int, measured: Measured, assumed: Assumed) -> Size:
    """Computes the resources. A pod is one Rasa process, which uses one core."""
    mean = conversations * assumed.turns / DAY
    peak = mean * assumed.peak
    pods = max(LEAST, math.ceil(peak / (measured.per_core * assumed.busy)))
    lines = math.ceil(conversations * assumed.minutes * 60 / DAY * assumed.peak)
    memory = (pods * measured.pod_mb + lines * assumed.line_kb / 1000) / 1000
    stored = conversations * assumed.kept_hours / 24 * measured.kb * assumed.turns / measured.turns / 1e6
    # Reminders, retention and Redis: one core together. The database: one per 500 turns per second, at least two.
    cores = pods + 1 + max(2, math.ceil(peak / 500))
    cost = None
    if assumed.core_price is not None:
        cost = cores * MONTH * assumed.core_price + stored * (assumed.disk_price or 0)
    return Size(conversations, mean, peak, pods, memory, lines, stored, cores, cost)


def measured_in(record: dict[str, Any]) -> Measured:
    """The figures in the output of ``make bench``.

    Raises:
        ValueError: a part of the measurement is missing, or no step of the load test kept the limit.
    """
    try:
        ours, grown = record["ours"], sorted(record["growth"], key=lambda row: row["conversations"])
        held = [s for s in ours["steps"] if s["turns"] and not s["failures"] and s["p95"] <= BAR_MS]
        low, high = grown[0], grown[-1]
        spread = high["conversations"] - low["conversations"]
        kb = 1000 * (high["size"] - low["size"]) / spread
        best = max(held, key=lambda s: s["per_second"])
        return Measured(best["per_second"] / best["cores"], ours["memory_mb"], kb, record.get("turns", Assumed.turns))
    except (KeyError, IndexError, ValueError, ZeroDivisionError) as fault:
        raise ValueError(f"{type(fault).__name__}: {fault}") from None


def page(measured: Measured, assumed: Assumed, sizes: Sequence[int] = SIZES) -> str:
    """The Markdown table, with all measurements and assumptions."""
    rows = [size(number, measured, assumed) for number in sizes]

    def line(name: str, *values: str) -> str:
        return f"| {name} | {' | '.join(values)} |"

    lines = [
        line("conversations a day", *(f"{r.conversations:,}" for r in rows)),
        "|" + "---|" * (len(rows) + 1),
        line("turns a second, mean", *(f"{r.mean:,.2f}" for r in rows)),
        line("turns a second, peak", *(f"{r.peak:,.1f}" for r in rows)),
        line("pods (Rasa and its action server)", *(f"{r.pods:,}" for r in rows)),
        line("memory of the pods, GB", *(f"{r.memory_gb:,.1f}" for r in rows)),
        line("lines open at the peak", *(f"{r.lines:,}" for r in rows)),
        line("stored at a time, GB", *(f"{r.stored_gb:,.2f}" for r in rows)),
        line("cores, with database, Redis and jobs", *(f"{r.cores:,}" for r in rows)),
    ]
    if rows and rows[0].cost is not None:
        lines.append(line("cost a month, in the currency of the prices", *(f"{r.cost:,.0f}" for r in rows)))
    inputs = ", ".join(f"{name} {value:g}" for name, value in asdict(measured).items())
    given = ", ".join(f"{name} {value:g}" for name, value in asdict(assumed).items() if value is not None)
    return "\n".join([*lines, "", f"Measured: {inputs}.", f"Assumed: {given}."])


def main(arguments: Sequence[str] | None = None) -> None:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m bench.speed.sizing", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("conversations", nargs="*", type=int, default=list(SIZES))
    parser.add_argument("--figures", type=Path, default=FIGURES, help="what make bench wrote")
    for field in fields(Measured):
        parser.add_argument(f"--measured-{field.name.replace('_', '-')}", type=float)
    for field in fields(Assumed):
        parser.add_argument(f"--{field.name.replace('_', '-')}", type=float, default=field.default)
    given = vars(parser.parse_args(arguments))
    own = {field.name: given[f"measured_{field.name}"] for field in fields(Measured)}
    assumed = Assumed(**{field.name: given[field.name] for field in fields(Assumed)})
    try:
        if any(value is None for value in own.values()):
            measured = measured_in(json.loads(given["figures"].read_text(encoding="utf-8")))
            measured = replace(measured, **{name: value for name, value in own.items() if value is not None})
        else:
            measured = Measured(**own)
    except (OSError, ValueError) as fault:
        fail(f"No figures ({fault}): run `make bench`, or give all four --measured-... options.")
    print(page(measured, assumed, given["conversations"]))


if __name__ == "__main__":
    main()
