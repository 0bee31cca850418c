"""The table and the chart of `make bench`."""

from __future__ import annotations

from dataclasses import asdict

import pytest

from bench.resilience.growth import Grown
from bench.resilience.soak import Slope, Soak
from bench.speed import run
from bench.speed.latency import Latency
from bench.speed.load import Step
from bench.speed.performance import ratio
from bench.speed.sidebyside import Figures, from_json, to_json
from bench.speed.systems import Training


def figures(times: float, epochs: int | None = None) -> Figures:
    training = Training(10 * times, 60 * times, [("DIETClassifier", 1.0, 30.0 * times)], 8000, epochs)
    steps = [Step(20, 100, 0, 10.0 / times, 40, 90, 120, 0.5, 400), Step(40, 100, 0, 15.0, 90, 900, 990, 1.0, 400)]
    return Figures(
        training, 9.0, {"heldout": 0.9 / times}, 5.0, 400 * times, 300 * times, Latency(10, 20, 30), 25.0, steps
    )


@pytest.fixture
def kept():
    samples = [(t, 400 + min(t, 540) / 50) for t in map(float, range(0, 901, 5))]  # grows, then stays constant
    soak = Soak(Step(10, 4000, 0, 5.0, 20, 60, 90, 0.3, 400), Slope(1.5, -0.5, 3.0), samples)
    grown = [Grown("sqlite", n, n * 50, n / 10, Latency(20, 40, 60), 0.1) for n in (100, 1000)]
    return {
        "machine": "2 cores",
        "when": "today",
        "ours": to_json(figures(1)),
        "ours_small": to_json(figures(1)),
        "default": to_json(figures(2)),
        "epochs": asdict(Training(100.0, 600.0, [("DIETClassifier", 90.0, 300.0)], 8000, 3)),
        "growth": [asdict(row) for row in grown],
        "soak": asdict(soak),
    }


def test_figures_survive_the_file():
    import json

    assert from_json(json.loads(json.dumps(to_json(figures(2, 20))))) == figures(2, 20)


def test_the_report(kept, tmp_path):
    table = run.write(kept, tmp_path)
    assert "| topic right first, heldout | 90.0% | 90.0% | 45.0% | +45.0 points |" in table
    assert "| training, processor minutes | 1.0 | 1.0 | 2.0 | 2.0 × |" in table
    minutes = (600 + 300 * 97 / 3) / 60
    assert f"| the same on all examples | 1.0 |  | about {minutes:.0f} (extrapolated) | {minutes:.1f} × |" in table
    assert "| turns a second at p95 ≤ 300 ms | 10.0 | 10.0 | 5.0 | 2.0 × |" in table, (
        "what broke the bar does not count"
    )
    assert "| 1,000 conversations in SQLite | p50 20, p95 40 ms; 100 MB; old ones found in 0.10 s |" in table
    assert "+1.5 (95 %: -0.5 to +3.0)" in table
    assert "first half +4.5 (+4.5 to +4.5), second half +0.0 (+0.0 to +0.0)" in table
    report = (tmp_path / "performance.md").read_text()
    assert table in report and "**extrapolated**: 3 epochs were run" in report
    assert (tmp_path / "performance.png").stat().st_size > 20_000


def test_a_report_of_ours_alone(kept, tmp_path):
    for name in ("ours_small", "default", "epochs", "growth", "soak"):
        del kept[name]
    assert "| memory, both servers, MB | 400 |  |  |  |" in run.write(kept, tmp_path)


def test_ratios_say_how_much_better_ours_is():
    assert ratio(10, 40) == "4.0 ×" and ratio(40, 10, more_is_better=True) == "4.0 ×" and ratio(0, 5) == ""
