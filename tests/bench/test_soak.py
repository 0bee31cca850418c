"""The slope of memory is detected where there is one, and not in noise."""

from __future__ import annotations

import random

import pytest

from bench.resilience.soak import Slope, Soak, slope
from bench.speed.load import Step


def samples(per_hour: float, jump: float = 0.0) -> list[tuple[float, float]]:
    noise = random.Random(3)
    return [(t, 440 + jump * (t > 60) + per_hour * t / 3600 + noise.gauss(0, 1)) for t in range(0, 900, 2)]


def test_a_leak_is_found():
    found = slope(samples(60))
    assert 0 < found.low < 60 < found.high and found.high - found.low < 20


def test_noise_is_no_leak_and_neither_is_a_late_start():
    assert slope(samples(0)).low <= 0
    assert slope(samples(0, jump=50)).low <= 0, "what is loaded in the first minutes does not count"


def test_what_fills_up_is_told_from_a_leak():
    def halves(per_hour: float, full: float):
        rows = [(t, mb + per_hour * (min(t, full) - t) / 3600) for t, mb in samples(per_hour)]
        return Soak(Step(10, 4000, 0, 5.0, 20, 60, 90, 0.3, 400), slope(rows), rows).halves()

    first, second = halves(120, full=500)
    assert first.low > 5 and second.low <= 0, "120 MB an hour of 16,000 turns"
    first, second = halves(120, full=900)
    assert first.low < 7.5 < first.high and second.low < 7.5 < second.high and second.low > 0


def test_levels_are_told_by_turns():
    rows = [(float(t), 400.0 + t) for t in range(0, 101)]
    levels = Soak(Step(10, 1000, 0, 5.0, 20, 60, 90, 0.3, 400), Slope(1, 0, 2), rows).levels(4)
    assert [turns for turns, _ in levels] == [250, 500, 750, 1000]
    assert [round(mb) for _, mb in levels] == [419, 444, 469, 494]


def test_too_little_is_no_line():
    with pytest.raises(ValueError, match="too few"):
        slope(samples(0)[:20])
