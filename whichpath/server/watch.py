"""The supervisor of a container's server: ``python -m whichpath.server.watch MODULE URL``.

Docker restarts a container that ends, but not one that hangs: its health check only reports. So this polls ``URL`` and
restarts the server when it has ended or does not answer. In place, because a container that shares another's network
loses it when that one is restarted. Kubernetes has probes for this.
"""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from types import FrameType

from whichpath.console import step
from whichpath.server.run import (
    FIRST_PAUSE,
    HANGS_AFTER,
    HEALTHY_AFTER,
    LONGEST_PAUSE,
    LOOK_EVERY,
    LOOK_WITHIN,
    READY_WITHIN,
    STOP_WITHIN,
    answers,
)


class Watched:
    """The supervised server. ``now`` is the clock."""

    def __init__(
        self, command: list[str], url: str, hangs_after: float = HANGS_AFTER, ready_within: float = READY_WITHIN
    ) -> None:
        self.command, self.url = command, url
        self.hangs_after, self.ready_within = hangs_after, ready_within
        self.pause = FIRST_PAUSE
        self.process: subprocess.Popen[bytes] | None = None
        self.stopped = False

    def stop(self, _number: int = 0, _frame: FrameType | None = None) -> None:
        """On a signal: stops after the server has finished its turns."""
        self.stopped = True
        if self.process is not None:
            self.process.terminate()

    def run(self, look_every: float = LOOK_EVERY) -> int:
        """Runs until a signal; returns the exit status of the last server."""
        while True:
            status = self._once(look_every)
            if self.stopped:
                return status
            step(f"the server ended with status {status} and starts again in {self.pause:g} s")
            time.sleep(self.pause)
            self.pause = min(self.pause * 2, LONGEST_PAUSE)

    def _once(self, look_every: float) -> int:
        began = time.monotonic()
        heard = began + self.ready_within - self.hangs_after
        self.process = subprocess.Popen(self.command)
        while not self.stopped:
            try:
                return self.process.wait(look_every)
            except subprocess.TimeoutExpired:
                pass
            now = time.monotonic()
            if now - began > HEALTHY_AFTER:
                self.pause = FIRST_PAUSE
            if answers(self.url, LOOK_WITHIN):
                heard = now
            elif now - heard > self.hangs_after:
                step(f"the server has answered nothing for {self.hangs_after:g} s and is ended")
                self.process.kill()  # a frozen process does not handle SIGTERM
        try:
            return self.process.wait(STOP_WITHIN)
        except subprocess.TimeoutExpired:
            self.process.kill()
            return self.process.wait()


def main() -> None:
    """The command line."""
    module, url = sys.argv[1:3]
    watched = Watched([sys.executable, "-m", module], url)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, watched.stop)
    raise SystemExit(watched.run())


if __name__ == "__main__":
    main()
