"""Rate limits shared by all processes in Redis; each process counts alone while Redis does not answer."""

from __future__ import annotations

import asyncio
import logging

from redis.asyncio import Redis
from redis.exceptions import RedisError

from whichpath.channels.guards.limits import FACTOR, Limits, Rate
from whichpath.store.encryption import Cipher
from whichpath.store.identity import key
from whichpath.store.shared import CALL_SECONDS, PREFIX, connect, redis_url

logger = logging.getLogger(__name__)
#: Seconds without another attempt after Redis did not answer, so that not every message waits for it.
AWAY = 5.0
#: burst, per second: a token bucket in KEYS[1] -> 0 where one more may pass, else the seconds until it may
_TAKE = """
local clock = redis.call('TIME')
local now = tonumber(clock[1]) + tonumber(clock[2]) / 1000000
local burst, rate = tonumber(ARGV[1]), tonumber(ARGV[2])
local held = redis.call('HMGET', KEYS[1], 'level', 'at')
local level = math.min(burst, (tonumber(held[1]) or burst) + (now - (tonumber(held[2]) or now)) * rate)
local passes = level >= 1
if passes then level = level - 1 end
redis.call('HSET', KEYS[1], 'level', tostring(level), 'at', string.format('%.6f', now))
redis.call('EXPIRE', KEYS[1], math.ceil(burst / rate) + 1)
return passes and 0 or math.max(1, math.ceil((1 - level) / rate))
"""


class SharedLimits(Limits):
    """Token buckets of all processes; of this process alone where Redis does not answer."""

    def __init__(self, redis: Redis, cipher: Cipher) -> None:
        super().__init__()
        self.cipher = cipher
        self._take = redis.register_script(_TAKE)
        self._ask_again = 0.0

    async def wait(self, rate: Rate, key: str) -> int:
        """See :class:`Limits`. Redis sees no address and no id, only a keyed hash; within :data:`CALL_SECONDS`."""
        if self.now() >= self._ask_again:
            name = f"{PREFIX}rate:{self.cipher.digest(f'{rate} {key}')[:32]}"
            try:
                asked = self._take(keys=[name], args=[rate.burst * FACTOR, rate.per_second * FACTOR])
                return int(await asyncio.wait_for(asked, CALL_SECONDS))
            except (RedisError, OSError, asyncio.TimeoutError) as error:
                self._ask_again = self.now() + AWAY
                logger.warning("limits: redis: %s", type(error).__name__)
        return await super().wait(rate, key)


def limits() -> Limits:
    """The limits of this process, or shared ones where Redis is configured."""
    url = redis_url()
    return SharedLimits(connect(url), Cipher(key())) if url else Limits()
