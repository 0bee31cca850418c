"""The table and the picture of ``make bench``."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import matplotlib as mpl

mpl.use("Agg")
from matplotlib import pyplot as plt

from bench.growth import Grown
from bench.latency import Latency
from bench.load import BAR_MS
from bench.report import table
from bench.sidebyside import Figures
from bench.soak import Soak
from bench.systems import OURS

Row = list[str]
THEIRS = "Rasa default"


def ratio(mine: float, theirs: float, more_is_better: bool = False) -> str:
    """How many times better ours is; below 1 it is worse."""
    above, below = (mine, theirs) if more_is_better else (theirs, mine)
    return f"{above / below:.1f} ×" if below else ""


def side_by_side(systems: dict[str, Figures]) -> list[Row]:
    """One line a figure."""
    ours, theirs = systems[OURS.name], systems.get(THEIRS)

    def line(name: str, of: Callable[[Figures], float], form: str, more: bool = False) -> Row:
        if theirs is None:
            return [name, form.format(of(ours)), "", ""]
        return [name, form.format(of(ours)), form.format(of(theirs)), ratio(of(ours), of(theirs), more)]

    rows = []
    for name, share in ours.right_first.items():
        other = theirs.right_first.get(name, 0.0) if theirs else 0.0
        points = f"{100 * (share - other):+.1f} points" if theirs else ""
        rows.append([f"topic right first, {name}", f"{share:.1%}", f"{other:.1%}" if theirs else "", points])
    rows += [
        line("training, processor minutes", lambda f: f.training.full() / 60, "{:.1f}"),
        line("model, MB", lambda f: f.model_mb, "{:.1f}"),
        line("cold start to the first answer, s", lambda f: f.start_seconds, "{:.1f}"),
        line("memory, both servers, MB", lambda f: f.memory_mb, "{:.0f}"),
        line("memory, Rasa alone, MB", lambda f: f.rasa_mb, "{:.0f}"),
        line("reply, one conversation, p50, ms", lambda f: f.reply.p50, "{:.0f}"),
        line("reply, one conversation, p95, ms", lambda f: f.reply.p95, "{:.0f}"),
        line("reply, one conversation, p99, ms", lambda f: f.reply.p99, "{:.0f}"),
        line("processor time for a turn, ms", lambda f: f.cpu_ms, "{:.1f}"),
    ]
    if ours.best and (theirs is None or theirs.best):
        rows += [
            line(
                f"turns a second at p95 ≤ {BAR_MS:g} ms", lambda f: f.best.per_second if f.best else 0, "{:.1f}", True
            ),
            line("the same, for each core it used", lambda f: f.best.per_core if f.best else 0, "{:.1f}", True),
            line(
                "people at that rate (one message every 2 s)", lambda f: f.best.users if f.best else 0, "{:.0f}", True
            ),
        ]
    return rows


def grown(rows: Sequence[Grown]) -> list[Row]:
    """Growth: of ours alone, for the store is ours in both."""
    found = []
    for row in rows:
        name = f"{row.conversations:,} conversations in {'SQLite' if row.database == 'sqlite' else 'PostgreSQL'}"
        reply = f"p50 {row.reply.p50:.0f}, p95 {row.reply.p95:.0f} ms"
        told = f"{reply}; {row.size:,.0f} MB; old ones found in {row.tidy:.2f} s"
        found.append([name, told, "", ""])
    return found


def soaked(soak: Soak) -> list[Row]:
    """The soak's two lines."""
    minutes, slope, load = soak.samples[-1][0] / 60, soak.slope, soak.load
    return [
        [f"{minutes:.0f} minutes of {load.users} people", f"{load.turns:,} turns, {load.failures} failed", "", ""],
        ["  reply in that time", f"p50 {load.p50:.0f}, p95 {load.p95:.0f}, p99 {load.p99:.0f} ms", "", ""],
        ["  memory, MB an hour", f"{slope.value:+.1f} (95 %: {slope.low:+.1f} to {slope.high:+.1f})", "", ""],
    ]


def lines(systems: dict[str, Figures], growth: Sequence[Grown], soak: Soak | None) -> str:
    """The table as Markdown."""
    rows = [*side_by_side(systems), *grown(growth), *(soaked(soak) if soak else [])]
    return table(["", OURS.name, THEIRS, "ratio"], rows)


def picture(systems: dict[str, Figures], growth: Sequence[Grown], soak: Soak | None, target: Path) -> None:
    """Four panels: load, one conversation, growth, soak."""
    figure, ((load, alone), (size, memory)) = plt.subplots(2, 2, figsize=(11, 7.5))
    for name, figures in systems.items():
        steps = sorted(figures.steps, key=lambda step: step.users)
        load.plot([s.per_second for s in steps], [s.p95 for s in steps], marker="o", label=name)
    load.axhline(BAR_MS, color="grey", linestyle="--", label=f"bar: {BAR_MS:g} ms")
    load.set(xlabel="turns a second", ylabel="reply p95, ms", yscale="log", title="Many people at once")
    _bars(alone, {name: figures.reply for name, figures in systems.items()})
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
        drawn = axes.bar([n + 0.38 * place for n in range(3)], values, width=0.36, label=name)
        axes.bar_label(drawn, [f"{v:.0f}" for v in values], fontsize=8)
    axes.set_xticks([0.19, 1.19, 2.19], ["p50", "p95", "p99"])
    axes.set(ylabel="reply, ms", title="One conversation")
