"""Walks Rasa's graph of components one after the other, without a scheduler.

Rasa hands its graph to dask's scheduler of threads, in its one-thread form: made for graphs of thousands of
tasks, it costs a tenth of a turn on ours of a dozen. Dask's own plain evaluation gives the same results.
"""

from __future__ import annotations

from types import SimpleNamespace

from dask.core import get


def install() -> None:
    """Lets Rasa's runner use the plain evaluation. To be called in a process that serves."""
    from rasa.engine.runner import dask as runner

    runner.dask = SimpleNamespace(get=get)  # type: ignore[assignment]
