"""What Rasa does anew in every turn, done once, or in a plainer way with the same result.

The graph of components goes to dask's scheduler, made for thousands of tasks: a tenth of a turn, for the dozen of
ours. Dask's own plain evaluation does without. And for each stored event of the conversation all classes of
events are gathered to find its own: with a long conversation, milliseconds.
"""

from __future__ import annotations

from functools import lru_cache
from types import SimpleNamespace

from dask.core import get


def install() -> None:
    """To be called once, in a process that serves and defines no further kinds of events."""
    from rasa.engine.runner import dask as runner
    from rasa.shared.core.events import Event

    runner.dask = SimpleNamespace(get=get)  # type: ignore[assignment]
    Event.resolve_by_type = staticmethod(lru_cache(maxsize=None)(Event.resolve_by_type))  # type: ignore[method-assign]
