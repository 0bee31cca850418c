"""The table and the chart of ``make bench``."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import matplotlib as mpl

mpl.use("Agg")
from matplotlib import pyplot as plt

from bench.resilience.growth import Grown
from bench.resilience.soak import Soak
from bench.speed.latency import Latency
from bench.speed.load import BAR_MS, Step
from bench.speed.report import table
from bench.speed.sidebyside import Figures
from bench.speed.systems import Training

Row = list[str]
#: The columns, in order, by the names of ``bench/speed/run.py``.
COLUMNS = ("ours", "ours_small", "default")


def ratio(mine: float, theirs: float, more_is_better: bool = False) -> str:
    """How many times better ``mine`` is; below 1 it is worse."""
    above, below = (mine, theirs) if more_is_better else (theirs, mine)
    return f"{above / below:.1f} ×" if below else ""


def _right_first(name: str) -> Callable[[Figures], float]:
    return lambda figures: figures.right_first[name]


def side_by_side(systems: dict[str, Figures], whole: Training | None) -> list[Row]:
    """One row per figure; the last column is the ratio between systems trained on the same examples.

    ``whole``: the training of the default pipeline on all examples, for a few epochs.
    """
    pair = systems.get("ours_small"), systems.get("default")

    def line(name: str, of: Callable[[Figures], float], form: str, more: bool = False) -> Row:
        cells = [form.format(of(systems[c])) if c in systems else "" for c in COLUMNS]
        return [name, *cells, ratio(of(pair[0]), of(pair[1]), more) if pair[0] and pair[1] else ""]

    rows = []
    for name in next(iter(systems.values())).right_first:
        row = line(f"topic right first, {name}", _right_first(name), "{:.1%}")
        if pair[0] and pair[1]:
            row[-1] = f"{100 * (pair[0].right_first[name] - pair[1].right_first[name]):+.1f} points"
        rows.append(row)
    rows.append(line("training, processor minutes", lambda f: f.training.cpu_seconds / 60, "{:.1f}"))
    if whole and "ours" in systems:
        mine, theirs = systems["ours"].training.cpu_seconds, whole.full()
        shown = f"about {theirs / 60:.0f} (extrapolated)"
        rows.append(["the same on all examples", f"{mine / 60:.1f}", "", shown, ratio(mine, theirs)])
    rows += [
        line("model, MB", lambda f: f.model_mb, "{:.1f}"),
        line("cold start to the first answer, s", lambda f: f.start_seconds, "{:.1f}"),
        line("memory, both servers, MB", lambda f: f.memory_mb, "{:.0f}"),
        line("memory, Rasa alone, MB", lambda f: f.rasa_mb, "{:.0f}"),
        line("reply, one conversation, p50, ms", lambda f: f.reply.p50, "{:.0f}"),
        line("reply, one conversation, p95, ms", lambda f: f.reply.p95, "{:.0f}"),
        line("reply, one conversation, p99, ms", lambda f: f.reply.p99, "{:.0f}"),
        line("processor time for a turn, ms", lambda f: f.cpu_ms, "{:.1f}"),
    ]
    return rows + [_load(systems, name, of) for name, of in _LOAD.items()]


_LOAD: dict[str, Callable[[Step], float]] = {
    f"turns a second at p95 ≤ {BAR_MS:g} ms": lambda step: step.per_second,
    "the same, for each core it used": lambda step: step.per_core,
    "people at that rate (one message every 2 s)": lambda step: step.users,
}


def _load(systems: dict[str, Figures], name: str, of: Callable[[Step], float]) -> Row:
    """A row of the load test. Our small system is not load-tested: the ratio uses the one on all examples."""
    found = {c: of(step) for c in COLUMNS if c in systems and (step := systems[c].best)}
    both = ratio(found["ours"], found["default"], True) if {"ours", "default"} <= set(found) else ""
    return [name, *(f"{found[c]:.1f}" if c in found else "" for c in COLUMNS), both]


def grown(rows: Sequence[Grown]) -> list[Row]:
    """The rows on growth, of our system only, because both use our store."""
    found = []
    for row in rows:
        name = f"{row.conversations:,} conversations in {'SQLite' if row.database == 'sqlite' else 'PostgreSQL'}"
        reply = f"p50 {row.reply.p50:.0f}, p95 {row.reply.p95:.0f} ms"
        shown = f"{reply}; {row.size:,.0f} MB; old ones found in {row.tidy:.2f} s"
        found.append([name, shown, "", "", ""])
    return found


def soaked(soak: Soak) -> list[Row]:
    """The rows on the soak test."""
    minutes, slope, load = soak.samples[-1][0] / 60, soak.slope, soak.load
    first, second = (f"{half.value:+.1f} ({half.low:+.1f} to {half.high:+.1f})" for half in soak.halves())
    return [
        [f"{minutes:.0f} minutes of {load.users} people", f"{load.turns:,} turns, {load.failures} failed", "", "", ""],
        ["  reply in that time", f"p50 {load.p50:.0f}, p95 {load.p95:.0f}, p99 {load.p99:.0f} ms", "", "", ""],
        ["  memory, MB an hour", f"{slope.value:+.1f} (95 %: {slope.low:+.1f} to {slope.high:+.1f})", "", "", ""],
        ["  memory, MB per 1,000 turns", f"first half {first}, second half {second}", "", "", ""],
    ]


def heads(systems: dict[str, Figures]) -> list[str]:
    """The column names, with the examples that each system was trained on."""
    names = {"ours": "Whichpath", "ours_small": "Whichpath", "default": "Rasa default"}
    return [f"{names[c]}, {systems[c].training.examples:,} examples" if c in systems else names[c] for c in COLUMNS]


def lines(systems: dict[str, Figures], whole: Training | None, growth: Sequence[Grown], soak: Soak | None) -> str:
    """The lines of the Markdown table."""
    rows = [*side_by_side(systems, whole), *grown(growth), *(soaked(soak) if soak else [])]
    return table(["", *heads(systems), "ratio, equal data"], rows)


def picture(systems: dict[str, Figures], growth: Sequence[Grown], soak: Soak | None, target: Path) -> None:
    """Writes a chart of four panels: load, one conversation, growth, soak."""
    figure, ((load, alone), (size, memory)) = plt.subplots(2, 2, figsize=(11, 7.5))
    names = dict(zip(COLUMNS, heads(systems), strict=True))
    for column, figures in systems.items():
        steps = sorted(figures.steps, key=lambda step: step.users)
        load.plot([s.per_second for s in steps], [s.p95 for s in steps], marker="o", label=names[column])
    load.axhline(BAR_MS, color="grey", linestyle="--", label=f"bar: {BAR_MS:g} ms")
    load.set(xlabel="turns a second", ylabel="reply p95, ms", yscale="log", title="Many people at once")
    _bars(alone, {names[column]: figures.reply for column, figures in systems.items()})
    for kind in dict.fromkeys(row.database for row in growth):
        mine = [row for row in growth if row.database == kind]
        where = [row.conversations for row in mine]
        size.plot(where, [row.reply.p50 for row in mine], marker="o", label=f"{kind}, p50")
        size.plot(where, [row.reply.p95 for row in mine], marker="o", linestyle=":", label=f"{kind}, p95")
    size.set(
        xscale="log", xlabel="conversations stored", ylabel="reply, ms", title="A database that grows", ylim=(0, None)
    )
    if soak:
        memory.plot([t / 60 for t, _ in soak.samples], [mb for _, mb in soak.samples], label="both servers")
        slope = soak.slope
        title = f"Soak: {slope.value:+.1f} MB an hour ({slope.low:+.1f} to {slope.high:+.1f})"
        memory.set(xlabel="minutes", ylabel="memory, MB", title=title, ylim=(0, None))
    for panel in (load, alone, size, memory):
        if panel.get_legend_handles_labels()[0]:
            panel.legend(fontsize=8)
    figure.tight_layout()
    figure.savefig(target, dpi=110)
    plt.close(figure)


def _bars(axes: plt.Axes, replies: dict[str, Latency]) -> None:
    for place, (name, reply) in enumerate(replies.items()):
        values = (reply.p50, reply.p95, reply.p99)
        drawn = axes.bar([n + 0.27 * place for n in range(3)], values, width=0.25, label=name)
        axes.bar_label(drawn, [f"{v:.0f}" for v in values], fontsize=8)
    axes.set_xticks([0.27, 1.27, 2.27], ["p50", "p95", "p99"])
    axes.set(ylabel="reply, ms", title="One conversation")
