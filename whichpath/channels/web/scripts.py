"""The atomic operations of :class:`whichpath.channels.web.shared.SharedTranscript`, as Lua scripts for Redis.

Keys of a conversation, all with a time to live: ``<id>`` (hash: epoch, number of the last line), ``<id>:lines``
(encrypted), ``<id>:seen`` (question ids by time), ``<id>:open`` (question id: its owner, how often it was begun, its
text encrypted), ``<id>:past`` (epochs that were erased), ``<id>:ended``. Two for all: ``open`` (questions by the end of
their lease), ``used`` (conversations by their last use).
"""

from __future__ import annotations

#: The common beginning of the scripts. KEYS[1] is the prefix, ARGV[1] the conversation's id, ARGV[2] the time to live.
_HEAD = """
local root = KEYS[1]
local function of(sender)
    local base = root .. sender
    return {
        base = base, lines = base .. ':lines', seen = base .. ':seen', open = base .. ':open',
        past = base .. ':past', ended = base .. ':ended'
    }
end
local clock = redis.call('TIME')
local now = tonumber(clock[1]) + tonumber(clock[2]) / 1000000
local waiting, used = root .. 'open', root .. 'used'
local sender, ttl = ARGV[1], ARGV[2]
local k = of(sender)
local function fresh(epoch)
    local old = redis.call('HGET', k.base, 'epoch')
    if old then redis.call('SADD', k.past, old) end
    redis.call('DEL', k.base, k.lines, k.seen, k.open)
    redis.call('HSET', k.base, 'epoch', epoch, 'seq', 0)
end
local function epoch_or(new)
    redis.call('HSETNX', k.base, 'epoch', new)
    return redis.call('HGET', k.base, 'epoch')
end
local function add(line, most)
    redis.call('RPUSH', k.lines, line)
    redis.call('LTRIM', k.lines, -most, -1)
    return redis.call('HINCRBY', k.base, 'seq', 1)
end
local function remember(id, most)
    redis.call('ZADD', k.seen, now, id)
    redis.call('ZREMRANGEBYRANK', k.seen, 0, -most - 1)
end
local function state(id, owner, epoch)
    if redis.call('EXISTS', k.ended) == 1 or redis.call('SISMEMBER', k.past, epoch) == 1 then return 'gone' end
    local open = redis.call('HGET', k.open, id)
    if not open or redis.call('HGET', k.base, 'epoch') ~= epoch then return 'lost' end
    return string.sub(open, 1, #owner + 1) == owner .. '|' and 'yes' or 'taken'
end
local function keep()
    for _, key in pairs({k.base, k.lines, k.seen, k.open, k.past}) do redis.call('EXPIRE', key, ttl) end
    redis.call('ZADD', used, now, sender)
    redis.call('EXPIRE', used, 172800)
    redis.call('EXPIRE', waiting, 172800)
end
"""

#: id, owner, new epoch, question encrypted, line encrypted, most lines, most ids, lease -> epoch, or nothing
ASK = """
local id, owner = ARGV[3], ARGV[4]
if redis.call('EXISTS', k.ended) == 1 or redis.call('ZSCORE', k.seen, id) then return false end
local epoch = epoch_or(ARGV[5])
remember(id, tonumber(ARGV[9]))
add(ARGV[7], tonumber(ARGV[8]))
redis.call('HSET', k.open, id, owner .. '|1|' .. ARGV[6])
redis.call('ZADD', waiting, now + tonumber(ARGV[10]), sender .. ' ' .. id)
keep()
return epoch
"""

#: id, owner, epoch, whether to start over, new epoch, most lines, most ids, lines -> yes, gone, taken or lost
ANSWER = """
local id = ARGV[3]
local found = state(id, ARGV[4], ARGV[5])
if found ~= 'yes' then return found end
if ARGV[6] == '1' then fresh(ARGV[7]) end
for at = 10, #ARGV do add(ARGV[at], tonumber(ARGV[8])) end
redis.call('HDEL', k.open, id)
redis.call('ZREM', waiting, sender .. ' ' .. id)
remember(id, tonumber(ARGV[9]))
keep()
return 'yes'
"""

#: id, owner, epoch -> yes, gone, taken or lost
STATE = """
return state(ARGV[3], ARGV[4], ARGV[5])
"""

#: new epoch, most lines, most ids, whether only into an empty one, then id and line in turn
FILL = """
if redis.call('EXISTS', k.ended) == 1 then return 0 end
if ARGV[6] == '1' and (redis.call('EXISTS', k.lines) == 1 or redis.call('EXISTS', k.open) == 1) then return 0 end
epoch_or(ARGV[3])
for at = 7, #ARGV, 2 do
    if ARGV[at] ~= '' then remember(ARGV[at], tonumber(ARGV[5])) end
    add(ARGV[at + 1], tonumber(ARGV[4]))
end
keep()
return 1
"""

#: new epoch, the page's epoch, its last line -> epoch, whether known, number of the first line, lines, open ids
AFTER = """
local epoch = epoch_or(ARGV[3])
local seq = tonumber(redis.call('HGET', k.base, 'seq') or '0')
local oldest = seq - redis.call('LLEN', k.lines) + 1
local last = tonumber(ARGV[5])
local known = ARGV[4] == epoch and oldest - 1 <= last and last <= seq
local first = known and last + 1 or oldest
local lines = {}
if first <= seq then lines = redis.call('LRANGE', k.lines, first - oldest, -1) end
keep()
return {epoch, known and 1 or 0, first, lines, redis.call('HKEYS', k.open)}
"""

FORGET = """
fresh(ARGV[3])
keep()
"""

#: seconds that a token may still be valid
END = """
redis.call('DEL', k.base, k.lines, k.seen, k.open, k.past)
redis.call('SET', k.ended, '1', 'EX', ARGV[3])
redis.call('ZREM', used, sender)
"""

#: lease, then pairs of conversation and question: prolongs their leases
PROLONG = """
for at = 4, #ARGV, 2 do
    redis.call('ZADD', waiting, 'XX', now + tonumber(ARGV[3]), ARGV[at] .. ' ' .. ARGV[at + 1])
end
"""

#: owner, lease -> one question with an expired lease: conversation, question, epoch, how often begun, its text
TAKE_OVER = """
for _, member in ipairs(redis.call('ZRANGEBYSCORE', waiting, '-inf', now, 'LIMIT', 0, 20)) do
    local whose, id = string.match(member, '^(%S+) (%S+)$')
    k = of(whose)
    local open = redis.call('HGET', k.open, id)
    if open then
        local _, times, encrypted = string.match(open, '^([^|]*)|(%d+)|(.*)$')
        times = tonumber(times) + 1
        redis.call('HSET', k.open, id, ARGV[3] .. '|' .. times .. '|' .. encrypted)
        redis.call('ZADD', waiting, now + tonumber(ARGV[4]), member)
        return {whose, id, redis.call('HGET', k.base, 'epoch'), times, encrypted}
    end
    redis.call('ZREM', waiting, member)
end
return false
"""

#: conversations with an open page
TOUCH = """
for at = 3, #ARGV do
    sender = ARGV[at]
    k = of(sender)
    keep()
end
redis.call('ZREMRANGEBYSCORE', used, '-inf', now - 172800)
"""


def whole(body: str) -> str:
    """A script of a conversation, with the common beginning."""
    return _HEAD + body
