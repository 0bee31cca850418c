"""Short-lived state that several processes share: Redis, if ``WHICHPATH_REDIS_URL`` is set.

Without it everything is in the memory of the single process. Values in Redis are encrypted or reveal nothing (numbers,
hashes), have a time to live, and may be lost at any time: the database is authoritative.
"""

from __future__ import annotations

import socket

from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import ConstantBackoff
from redis.exceptions import ConnectionError as Gone

from whichpath.settings import read_settings

#: The prefix of all keys, because a Redis may serve other programs too.
PREFIX = "whichpath:"
#: Time-out of a call in seconds. A Redis that hangs must not use up the turn's time.
CALL_SECONDS = 1.0
#: A dead connection is noticed within a minute.
_KEEP_ALIVE = {
    "socket_keepalive": True,
    "socket_keepalive_options": {socket.TCP_KEEPIDLE: 20, socket.TCP_KEEPINTVL: 5, socket.TCP_KEEPCNT: 3},
    "health_check_interval": 15,
}


def redis_url() -> str | None:
    """``WHICHPATH_REDIS_URL``: ``redis://[user:password@]host[:port][/number]``, ``rediss://`` for TLS."""
    return read_settings().redis_url


def connect(url: str) -> Redis:
    """A client whose calls end within :data:`CALL_SECONDS`, or raise ``redis.exceptions.RedisError``.

    An idle connection that broke (a restart of Redis) is reopened silently.
    """
    return Redis.from_url(
        url,
        socket_timeout=CALL_SECONDS,
        socket_connect_timeout=CALL_SECONDS,
        retry=Retry(ConstantBackoff(0.05), 1),
        retry_on_error=[Gone],
        **_KEEP_ALIVE,
    )


def connect_to_listen(url: str) -> Redis:
    """A client for subscriptions, which wait without a time-out."""
    return Redis.from_url(url, socket_connect_timeout=CALL_SECONDS, **_KEEP_ALIVE)
