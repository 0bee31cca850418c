"""What several processes share for a moment: Redis, where ``WHICHPATH_REDIS_URL`` names one.

Without it everything stays in the memory of the one process there is. What stands in Redis is encrypted or
tells nothing (numbers, hashes), has a time to live, and may be lost at any moment: the database keeps what counts.
"""

from __future__ import annotations

import socket

from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import ConstantBackoff
from redis.exceptions import ConnectionError as Gone

from whichpath.settings import read_settings

#: Every key of ours begins so: a Redis may serve others too.
PREFIX = "whichpath:"
#: Seconds for one call. A Redis that hangs must not take the turn's time with it.
CALL_SECONDS = 1.0
#: A line that went dead without a word is noticed within a minute.
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

    A connection that broke while it was idle (a restart of Redis) is made anew without a word.
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
    """A client for subscriptions, which wait for as long as nobody says anything."""
    return Redis.from_url(url, socket_connect_timeout=CALL_SECONDS, **_KEEP_ALIVE)
