"""Evaluates the newest model: `python -m bench.accuracy.evaluate [FILE …]` (`make evaluate FILE=questions.jsonl`).

Reads our held-out and blind messages and the given files (JSON lines), and cross-validates on the training examples.
Writes `reports/evaluation.md`.
"""

from __future__ import annotations

import argparse
import json
import logging
import os
import statistics
import sys
import warnings
from collections.abc import Callable, Sequence
from pathlib import Path

from bench.accuracy import cases, crossval
from bench.accuracy.scores import Scored
from bench.speed import report

REPORTS = cases.ROOT / "reports"


def progress(title: str) -> Callable[[int, int], None]:
    """A progress callback: a counter on one line in a terminal, one final line in a log."""

    def show(done: int, total: int) -> None:
        if sys.stderr.isatty():
            print(f"\r{title}: {done}/{total}", end="\n" if done == total else "", file=sys.stderr, flush=True)
        elif done == total:
            print(f"{title}: {total} done", file=sys.stderr, flush=True)

    return show


def _print(title: str, scored: Sequence[Scored]) -> None:
    print(f"\n{title} ({len(scored)} messages)")
    for name, share in report.figures(scored).items():
        bar = report.BARS.get(name)
        sign = "<" if name in report.CEILINGS else ">="
        print(f"  {name:34} {share!s:22}" + (f" bar {sign} {bar:.0%}" if bar else ""))


def _sets(files: Sequence[Path]) -> list[tuple[str, str, list[cases.Case]]]:
    ours = [
        ("Our held-out messages", "heldout", cases.heldout()),
        ("Our blind messages", "blind", cases.blind()),
    ]
    return [s for s in ours if s[2]] + [(path.name, path.stem, cases.read(path)) for path in files]


def run(files: Sequence[Path], *, model: Path | None, folds: bool, folder: Path) -> dict[str, list[Scored]]:
    """Scores all sets and writes the report into ``folder``; returns the scored cases by set.

    ``model``: its file, ``None`` for the newest; ``folds``: whether to cross-validate too.
    """
    from bench.accuracy.model import Model, newest

    folder.mkdir(parents=True, exist_ok=True)
    path = model or newest()
    loaded = Model(path)
    results = {}
    pages = []
    for title, stem, messages in _sets(files):
        results[stem] = loaded.score(messages, progress(title))
        pages.append(report.section(title, stem, results[stem], folder))
        _print(title, results[stem])
    if folds:
        title = "Five-fold cross-validation"
        results["crossval"] = crossval.run(cases.examples(), progress(f"{title}, folds"))
        pages.append(report.section(title, "crossval", results["crossval"], folder))
        _print(title, results["crossval"])
    times = sorted(loaded.milliseconds) or [0.0]
    speed = f"p50 {statistics.median(times):.1f} ms, p95 {times[int(0.95 * (len(times) - 1))]:.1f} ms"
    head = f"# Evaluation of {path.name}\n\nUnderstanding one message took {speed}.\n"
    (folder / "evaluation.md").write_text("\n".join([head, *pages]), encoding="utf-8")
    summary = {
        stem: {name: [s.part, s.whole] for name, s in report.figures(scored).items()}
        for stem, scored in results.items()
    }
    (folder / "evaluation.json").write_text(json.dumps({"model": path.name, **summary}, indent=1), encoding="utf-8")
    print(f"\nUnderstanding one message: {speed}\nReport: {folder / 'evaluation.md'}")
    return results


def _quiet() -> None:
    """Silences the libraries' logs, to keep the output readable."""
    import structlog

    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    warnings.filterwarnings("ignore")
    logging.disable(logging.WARNING)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))


def main(arguments: Sequence[str] | None = None) -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description="Score the newest model.")
    parser.add_argument("files", nargs="*", type=Path, help="JSON lines with text, topic, role, stage")
    parser.add_argument("--model", type=Path, help="another model than the newest in models/")
    parser.add_argument("--no-folds", action="store_true", help="leave the cross-validation out")
    parser.add_argument("--out", type=Path, default=REPORTS)
    chosen = parser.parse_args(arguments)
    missing = [str(path) for path in chosen.files if not path.is_file()]
    if missing:
        parser.error(f"no such file: {', '.join(missing)}")
    _quiet()
    try:
        run(chosen.files, model=chosen.model, folds=not chosen.no_folds, folder=chosen.out)
    except FileNotFoundError as error:
        parser.error(str(error))


if __name__ == "__main__":
    main()
