"""Writes the evaluation report: one Markdown file, with charts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from bench.accuracy import scores
from bench.accuracy.scores import Scored
from bench.speed import charts

BARS = {
    "topic right first": 0.85,
    "topic right or offered": 0.95,
    "role right where claimed": 0.95,
    "stage right where claimed": 0.95,
    "role claimed where told": 0.60,
    "stage claimed where told": 0.60,
    "off-topic refused": 0.95,
    "real topics refused": 0.03,
    "danger noticed": 0.99,
}
CEILINGS = frozenset({"real topics refused"})


def figures(scored: Sequence[Scored]) -> dict[str, scores.Share]:
    """The figures that have a target, and those that explain them."""
    t = scores.totals(scored)
    role, stage, matter = (scores.claims(scored, name) for name in ("role", "stage", "matter"))
    return {
        "topic right first": t.first,
        "topic right or offered": t.offered,
        "role right where claimed": role.right,
        "role claimed where told": role.claimed,
        "role claimed where not told": role.untold,
        "stage right where claimed": stage.right,
        "stage claimed where told": stage.claimed,
        "stage claimed where not told": stage.untold,
        "matter right where claimed": matter.right,
        "matter claimed where told": matter.claimed,
        "off-topic refused": t.refused,
        "real topics refused": t.falsely_refused,
        "danger noticed": t.danger,
        "… with an alarm": t.alarmed,
        "danger seen where there is none": t.false_danger,
        "hotline named where there is none": t.false_support,
    }


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A Markdown table."""
    lines = [" | ".join(head), " | ".join("---" for _ in head)]
    lines += [" | ".join(str(cell) for cell in row) for row in rows]
    return "\n".join(f"| {line} |" for line in lines) + "\n"


def _bars(scored: Sequence[Scored]) -> str:
    rows = []
    for name, share in figures(scored).items():
        bar = BARS.get(name)
        if bar is None:
            rows.append((name, share, "", ""))
            continue
        ceiling = name in CEILINGS
        reached = share.value < bar if ceiling else share.value >= bar
        sign = "<" if ceiling else "≥"
        rows.append((name, share, f"{sign} {bar:.0%}", ("yes" if reached else "**no**") if share.whole else ""))
    return table(("figure", "reached", "bar", "met"), rows)


def _groups(scored: Sequence[Scored], key: str, head: str) -> str:
    rows = []
    for name, some in scores.groups(scored, key).items():
        role = scores.claims(some, "role")
        first, offered = scores.Share.of(s.first for s in some), scores.Share.of(s.offered for s in some)
        rows.append((name, len(some), first, offered, role.right, role.claimed))
    return table((head, "messages", "right first", "right or offered", "role right", "role claimed"), rows)


def _misses(scored: Sequence[Scored]) -> str:
    lines = []
    for s in scored:
        if s.counts and not s.first:
            mark = "" if s.offered else " **not offered either**"
            near = ", ".join(s.answer.ranking[: scores.OFFERED])
            wanted = " or ".join(sorted(s.case.intents))
            got = f"`{s.answer.intent}` {s.answer.confidence:.2f}"
            lines.append(f"- `{wanted}` understood as {got} ({near}){mark}  \n  {_line(s)}")
    return "\n".join(lines) or "none"


def _wrong_claims(scored: Sequence[Scored]) -> str:
    lines = []
    for s in scored:
        for name in ("role", "stage", "matter"):
            truth, said = getattr(s.case, name), s.answer.entities.get(name)
            if truth and said and truth != said:
                lines.append(f"- {name} is `{truth}`, claimed `{said}`  \n  {_line(s)}")
    return "\n".join(lines) or "none"


def _danger_misses(scored: Sequence[Scored]) -> str:
    missed = [f"- missed: {_line(s)}" for s in scored if s.case.danger and not s.answer.danger]
    false = [f"- false alarm: {_line(s)}" for s in scored if not s.case.danger and s.answer.danger]
    return "\n".join(missed + false) or "none"


def _line(s: Scored) -> str:
    return f"[{s.case.slice}] {' '.join(s.case.text.split())}"


def section(title: str, stem: str, scored: Sequence[Scored], folder: Path) -> str:
    """The section on one set of messages; saves its charts into `folder`."""
    charts.confusion(scored, folder / f"{stem}_confusion.png", title)
    curves = {"topic": scores.calibration(scored)}
    curves |= {name: scores.calibration_of(scored, name) for name in ("role", "stage")}
    charts.calibration(curves, folder / f"{stem}_calibration.png", title)
    errors = ", ".join(f"{name} {scores.calibration_error(curve):.3f}" for name, curve in curves.items())
    parts = [
        f"## {title}: {len(scored)} messages",
        _bars(scored),
        f"Expected calibration error: {errors}. Of role and stage a guess is also wrong where nobody could know.",
        "### By slice",
        _groups(scored, "slice", "slice"),
        "### By topic",
        _groups(scored, "main", "topic"),
        f"![Confusion matrix]({stem}_confusion.png)\n\n![Calibration]({stem}_calibration.png)",
        "### Topic missed",
        _misses(scored),
        "### Situation claimed wrongly",
        _wrong_claims(scored),
        "### Danger missed or seen where there is none",
        _danger_misses(scored),
    ]
    return "\n\n".join(parts) + "\n"
