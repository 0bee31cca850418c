"""Free ports, and waiting for a condition."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


def free_port() -> int:
    """A TCP port that is not in use."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for(what: Callable[[], T], seconds: float = 20.0, every: float = 0.02) -> T:
    """Waits for a true value of ``what`` and returns it. Exceptions other than AssertionError are retried.

    Raises:
        TimeoutError: there was none within ``seconds``.
    """
    deadline = time.monotonic() + seconds
    while True:
        fault: Exception | None = None
        try:
            value = what()
            if value:
                return value
        except AssertionError:
            raise  # a failed assertion is final
        except Exception as error:
            fault = error
        if time.monotonic() > deadline:
            raise TimeoutError("it did not come") from fault
        time.sleep(every)
