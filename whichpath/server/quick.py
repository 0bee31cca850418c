"""Speeds up parts of Rasa's turn without changing the result.

Rasa runs the component graph in dask's scheduler, which is made for thousands of tasks and takes a tenth of a turn for
a dozen; dask's synchronous evaluation is used instead. For each stored event Rasa collects all event classes to find
the right one, and for each message it makes an empty domain to compare with; both are made once. For each call of the
actions it opens a connection; it is kept open here.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import lru_cache
from types import SimpleNamespace
from typing import TYPE_CHECKING

from aiohttp import ClientSession
from dask.core import get

from whichpath.patched import written_for

if TYPE_CHECKING:
    from rasa.utils.endpoints import EndpointConfig


def install() -> None:
    """Call it once, in a serving process that defines no further event classes."""
    written_for("rasa")
    written_for("dask")
    from rasa.engine.runner import dask as runner
    from rasa.shared.core.domain import Domain
    from rasa.shared.core.events import Event
    from rasa.utils.endpoints import EndpointConfig

    runner.dask = SimpleNamespace(get=get)  # type: ignore[assignment]
    Event.resolve_by_type = staticmethod(lru_cache(maxsize=None)(Event.resolve_by_type))  # type: ignore[method-assign]
    Domain.empty = staticmethod(lru_cache(maxsize=1)(Domain.empty))  # type: ignore[method-assign]
    EndpointConfig.session = _kept_session(EndpointConfig.session)  # type: ignore[method-assign]


class _Kept:
    """A client session that stays open when the block around it ends."""

    def __init__(self, session: ClientSession) -> None:
        self.session = session
        self.loop = asyncio.get_running_loop()

    @property
    def usable(self) -> bool:
        return not self.session.closed and self.loop is asyncio.get_running_loop()

    async def __aenter__(self) -> ClientSession:
        return self.session

    async def __aexit__(self, *_error: object) -> None:
        """Nothing is closed."""


def _kept_session(make: Callable[[EndpointConfig], ClientSession]) -> Callable[[EndpointConfig], _Kept]:
    def session(self: EndpointConfig) -> _Kept:
        kept: _Kept | None = vars(self).get("kept_session")
        if kept is None or not kept.usable:
            kept = vars(self)["kept_session"] = _Kept(make(self))
        return kept

    return session
