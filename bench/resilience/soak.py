"""Measures memory under constant load for 15 minutes: ``python -m bench.resilience.soak``.

Caches and open conversations grow with the number of turns at first and then stop; a leak continues. So the slope is
also given per 1,000 turns, for both halves. ``--fast``: people who do not pause, so that minutes are enough for the
turns of hours.
"""

from __future__ import annotations

import argparse
import json
import threading
import time
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np
from scipy import stats

from bench.accuracy.cases import ROOT
from bench.speed.load import Step, step
from bench.speed.systems import Running, running

SECONDS, USERS = 900.0, 10
#: Seconds between two samples, and per mean that the slope is fitted to.
EVERY, BLOCK = 2.0, 20.0
#: The initial part of the time in which libraries still load, which is excluded.
WARM = 0.2


@dataclass(frozen=True)
class Slope:
    """A slope in MB per hour (or another unit), with its 95 % confidence interval."""

    value: float
    low: float
    high: float

    def over(self, parts: float) -> Slope:
        """The slope per another unit, of which ``parts`` make an hour."""
        return Slope(self.value / parts, self.low / parts, self.high / parts)


@dataclass
class Soak:
    """The measurement. ``samples``: (seconds since the start, MB)."""

    load: Step
    slope: Slope
    samples: list[tuple[float, float]] = field(default_factory=list)

    def halves(self) -> tuple[Slope, Slope]:
        """The slopes of the first and the second half, in MB per 1,000 turns; the first without the initial part.

        Raises:
            ValueError: too few samples for two lines.
        """
        end = self.samples[-1][0]
        hourly = 3600 * self.load.turns / 1000 / end
        middle, block = (1 + WARM) / 2 * end, min(BLOCK / 2, end / 40)
        first = slope([s for s in self.samples if s[0] < middle], block, WARM * end / middle)
        second = slope([(t - middle, mb) for t, mb in self.samples if t >= middle], block, 0.0)
        return first.over(hourly), second.over(hourly)

    def levels(self, count: int = 10) -> list[tuple[int, float]]:
        """(turns, mean memory in MB of the last samples before), ``count`` times. Assumes a constant rate of turns."""
        end, found = self.samples[-1][0], []
        for number in range(1, count + 1):
            upto = number / count * end
            near = [mb for t, mb in self.samples if upto - end / count / 2 <= t <= upto]
            found.append((round(self.load.turns * number / count), float(np.mean(near))))
        return found


def slope(samples: list[tuple[float, float]], block: float = BLOCK, warm: float = WARM) -> Slope:
    """The Theil-Sen slope through means of ``block`` seconds, because neighbouring samples are correlated.

    ``samples``: (seconds, MB); ``warm``: the initial part to exclude, 0 to 1.

    Raises:
        ValueError: too few samples for a line.
    """
    times, values = np.array(samples).T
    later = times >= warm * times[-1]
    numbers = ((times[later] - times[later][0]) // block).astype(int)
    means = [(times[later][numbers == n].mean(), values[later][numbers == n].mean()) for n in np.unique(numbers)]
    if len(means) < 5:
        raise ValueError(f"{len(means)} means are too few for a line")
    x, y = np.array(means).T
    found = stats.theilslopes(y, x / 3600, 0.95)
    return Slope(float(found[0]), float(found[2]), float(found[3]))


def soak(servers: Running, seconds: float = SECONDS, users: int = USERS, pause: float = 1.0) -> Soak:
    """Runs ``users`` people for ``seconds`` and samples the memory of both servers."""
    samples: list[tuple[float, float]] = []
    over = threading.Event()
    began = time.monotonic()

    def watch() -> None:
        while not over.wait(EVERY):
            samples.append((time.monotonic() - began, servers.memory()))

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        load = step(servers, users, seconds, pause=pause)
    finally:
        over.set()
        watcher.join()
    return Soak(load, slope(samples, min(BLOCK, seconds / 20)), samples)


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m bench.resilience.soak", description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=SECONDS)
    parser.add_argument("--users", type=int, default=USERS)
    parser.add_argument("--fast", action="store_true", help="without pauses between messages")
    given = parser.parse_args()
    with running(ROOT) as servers:
        found = soak(servers, given.seconds, given.users, pause=0.0 if given.fast else 1.0)
    first, second = found.halves()
    figures: dict[str, Any] = {"load": found.load, "slope": found.slope, "first half": first, "second half": second}
    print(json.dumps({name: asdict(value) for name, value in figures.items()}))
    for turns, memory in found.levels():
        print(f"{turns:>7,} turns {memory:6.0f} MB")


if __name__ == "__main__":
    main()
