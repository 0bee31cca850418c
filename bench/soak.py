"""The same load for a quarter of an hour: does memory grow, do replies get slower? ``python -m bench.soak``."""

from __future__ import annotations

import argparse
import json
import threading
import time
from dataclasses import asdict, dataclass, field

import numpy as np
from scipy import stats

from bench.cases import ROOT
from bench.load import Step, step
from bench.systems import Running, running

SECONDS, USERS = 900.0, 10
#: Seconds between two looks, and in one of the means that the slope is drawn through.
EVERY, BLOCK = 2.0, 20.0
#: The part at the beginning in which libraries still load what they load late.
WARM = 0.2


@dataclass(frozen=True)
class Slope:
    """MB an hour, with the bounds between which it is in 95 of 100 cases."""

    value: float
    low: float
    high: float

    @property
    def flat(self) -> bool:
        """Whether no growth at all is among what is likely."""
        return self.low <= 0


@dataclass
class Soak:
    """What was seen. ``samples``: seconds since the start, and MB."""

    load: Step
    slope: Slope
    samples: list[tuple[float, float]] = field(default_factory=list)


def slope(samples: list[tuple[float, float]], block: float = BLOCK, warm: float = WARM) -> Slope:
    """Theil and Sen's line through means of ``block`` seconds: neighbours are too alike to count one by one.

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


def soak(servers: Running, seconds: float = SECONDS, users: int = USERS) -> Soak:
    """Lets ``users`` people talk for ``seconds`` and watches the memory of both servers."""
    samples: list[tuple[float, float]] = []
    over = threading.Event()
    began = time.monotonic()

    def watch() -> None:
        while not over.wait(EVERY):
            samples.append((time.monotonic() - began, servers.memory()))

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        load = step(servers, users, seconds)
    finally:
        over.set()
        watcher.join()
    return Soak(load, slope(samples, min(BLOCK, seconds / 20)), samples)


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m bench.soak", description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=SECONDS)
    parser.add_argument("--users", type=int, default=USERS)
    given = parser.parse_args()
    with running(ROOT) as servers:
        found = soak(servers, given.seconds, given.users)
    print(json.dumps({"load": asdict(found.load), "slope": asdict(found.slope)}))


if __name__ == "__main__":
    main()
