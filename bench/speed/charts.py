"""The charts of the evaluation report."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import matplotlib as mpl
import numpy as np

mpl.use("Agg")
from matplotlib import pyplot as plt

from bench.accuracy.scores import Bin, Scored


def confusion(scored: Sequence[Scored], target: Path, title: str) -> None:
    """A confusion matrix. Rows: right topic; columns: predicted topic. Each row sums to 1."""
    counted = [s for s in scored if s.counts]
    names = sorted({s.case.main for s in counted} | {s.answer.intent for s in counted})
    index = {name: i for i, name in enumerate(names)}
    matrix = np.zeros((len(names), len(names)))
    for s in counted:
        # An accepted second topic counts as right, as in the figures.
        matrix[index[s.case.main], index[s.case.main if s.first else s.answer.intent]] += 1
    shares = matrix / np.maximum(matrix.sum(axis=1, keepdims=True), 1)
    size = max(6.0, 0.34 * len(names))
    figure, axes = plt.subplots(figsize=(size + 1.5, size))
    axes.imshow(shares, cmap="Blues", vmin=0, vmax=1)
    axes.set_xticks(range(len(names)), names, rotation=90, fontsize=8)
    axes.set_yticks(range(len(names)), names, fontsize=8)
    for row, column in zip(*np.nonzero(matrix), strict=True):
        colour = "white" if shares[row, column] > 0.5 else "black"
        axes.text(column, row, int(matrix[row, column]), ha="center", va="center", fontsize=6, color=colour)
    axes.set(xlabel="understood as", ylabel="right topic", title=title)
    _save(figure, target)


def calibration(curves: Mapping[str, Sequence[Bin]], target: Path, title: str) -> None:
    """Calibration curves: proportion correct by confidence, one curve per fact. The diagonal is ideal."""
    figure, axes = plt.subplots(figsize=(5, 4.5))
    axes.plot([0, 1], [0, 1], linestyle="--", color="grey", label="perfect")
    for name, rows in curves.items():
        axes.plot([r[0] for r in rows], [r[1] for r in rows], marker="o", label=name)
        for mean, right, count in rows:
            axes.annotate(str(count), (mean, right), textcoords="offset points", xytext=(4, -10), fontsize=6)
    axes.set(xlabel="confidence", ylabel="share right", title=title, xlim=(0, 1.02), ylim=(0, 1.05))
    axes.legend(loc="upper left")
    _save(figure, target)


def _save(figure: plt.Figure, target: Path) -> None:
    figure.tight_layout()
    figure.savefig(target, dpi=130)
    plt.close(figure)
