"""Locks of conversations: one turn at a time, in this process or, with Redis, in all processes.

Rasa's own Redis lock reads a list of tickets, changes it and writes it back: two processes can draw the same
ticket, and the ticket of a killed process blocks its conversation for a minute. Its calls also block the event loop.
This one is redis-py's lock (set if absent, released by its owner only), held for :data:`LIFETIME` and prolonged while
the turn runs, so that it is free soon after a kill.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from rasa.core.lock import TicketLock
from rasa.core.lock_store import LockError, LockStore
from redis.asyncio.lock import Lock
from redis.exceptions import LockError as NotOurs
from redis.exceptions import RedisError

from whichpath.settings import read_settings
from whichpath.store.shared import PREFIX, connect, redis_url

logger = logging.getLogger(__name__)
#: Seconds until the lock of a dead process expires.
LIFETIME = 4.0
#: Seconds to wait for the previous turn: less than the turn guard waits for its own
#: (`whichpath/channels/guards/turn.py`).
WAIT = read_settings().turn_seconds
_LOOK_AGAIN = 0.05


class ConversationLocks(LockStore):
    """The lock store of ``endpoints.yml``."""

    def __init__(self, endpoint_config: Any = None, url: str | None = None) -> None:
        """``url``: Redis; default ``WHICHPATH_REDIS_URL``. Rasa passes ``endpoint_config``."""
        url = url or redis_url()
        self.redis = connect(url) if url else None
        self._here: dict[str, asyncio.Lock] = {}
        self._waiting: dict[str, int] = {}
        super().__init__()

    @asynccontextmanager
    async def lock(self, conversation_id: str, *_args: Any, **_more: Any) -> AsyncIterator[TicketLock]:
        """Locks the conversation; first come, first served in this process.

        Raises:
            LockError: the previous turn takes too long, or Redis does not answer: nothing was done.
        """
        deadline = asyncio.get_running_loop().time() + WAIT
        async with self._hold_here(conversation_id):
            shared = await self._acquire(conversation_id, deadline)
            if shared is None:
                yield TicketLock(conversation_id)
                return
            prolonging = asyncio.ensure_future(self._prolong(shared))
            try:
                yield TicketLock(conversation_id)
            finally:
                prolonging.cancel()
                await self._release(shared)

    @asynccontextmanager
    async def _hold_here(self, conversation_id: str) -> AsyncIterator[None]:
        lock = self._here.setdefault(conversation_id, asyncio.Lock())
        self._waiting[conversation_id] = self._waiting.get(conversation_id, 0) + 1
        try:
            try:
                await asyncio.wait_for(lock.acquire(), WAIT)
            except asyncio.TimeoutError:
                raise LockError("The turn before takes too long.") from None
            try:
                yield
            finally:
                lock.release()
        finally:
            self._waiting[conversation_id] -= 1
            if not self._waiting[conversation_id]:
                del self._waiting[conversation_id], self._here[conversation_id]

    async def _acquire(self, conversation_id: str, deadline: float) -> Lock | None:
        if self.redis is None:
            return None
        lock = Lock(self.redis, f"{PREFIX}lock:{conversation_id}", timeout=LIFETIME, sleep=_LOOK_AGAIN)
        left = max(0.1, deadline - asyncio.get_running_loop().time())
        try:
            taken = await lock.acquire(blocking_timeout=left)
        except (RedisError, OSError) as error:
            logger.error("lock not taken: %s", type(error).__name__)
            raise LockError("Redis does not answer.") from None
        if not taken:
            raise LockError("The turn before takes too long.")
        return lock

    @staticmethod
    async def _prolong(lock: Lock) -> None:
        while True:
            await asyncio.sleep(LIFETIME / 4)
            # Retried if Redis is away for a moment: the turn continues either way, and its events are stored.
            with contextlib.suppress(RedisError, OSError):
                await lock.reacquire()

    @staticmethod
    async def _release(lock: Lock) -> None:
        """If that fails, the turn is stored all the same and the lock expires by itself."""
        try:
            await lock.release()
        except (NotOurs, RedisError, OSError) as error:
            logger.warning("lock not given back: %s", type(error).__name__)

    async def ping(self) -> None:
        """Raises an error where Redis does not answer."""
        if self.redis is not None:
            await self.redis.ping()
