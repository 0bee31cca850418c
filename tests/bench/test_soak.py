"""The slope of memory: found where there is one, and not where there is only noise."""

from __future__ import annotations

import random

import pytest

from bench.soak import slope


def samples(per_hour: float, jump: float = 0.0) -> list[tuple[float, float]]:
    noise = random.Random(3)
    return [(t, 440 + jump * (t > 60) + per_hour * t / 3600 + noise.gauss(0, 1)) for t in range(0, 900, 2)]


def test_a_leak_is_found():
    found = slope(samples(60))
    assert found.low < 60 < found.high and not found.flat and found.high - found.low < 20


def test_noise_is_no_leak_and_neither_is_a_late_start():
    assert slope(samples(0)).flat
    assert slope(samples(0, jump=50)).flat, "what is loaded in the first minutes does not count"


def test_too_little_is_no_line():
    with pytest.raises(ValueError, match="too few"):
        slope(samples(0)[:20])
