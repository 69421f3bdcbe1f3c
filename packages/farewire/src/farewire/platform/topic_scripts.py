"""The Lua by which a topic's state changes in one step; it runs on Redis 7 and later, and on Valkey.

A topic is a hash `meta` {epoch, seq, complete, ts} and a hash `flights` {flight id: "version|seq|document"}, where the
flight's `seq` is the topic's when that flight last changed: it lets any gateway answer a reader who has seen so far.
"""

MERGE = """
-- KEYS meta, flights; ARGV epoch or '', complete, ts, ttl ms, then (flight id, version, document)*
-- Answers false for an absent topic or another epoch, else {epoch, seq, whether it was complete, applied id*}.
local epoch = redis.call('HGET', KEYS[1], 'epoch')
if not epoch or (ARGV[1] ~= '' and ARGV[1] ~= epoch) then return false end
local newer = {}
for i = 5, #ARGV, 3 do
  local known = redis.call('HGET', KEYS[2], ARGV[i])
  if not known or tonumber(string.match(known, '^%d+')) < tonumber(ARGV[i + 1]) then newer[#newer + 1] = i end
end
local was_complete = redis.call('HGET', KEYS[1], 'complete')
local seq = redis.call('HGET', KEYS[1], 'seq')
local answer = {epoch, seq, was_complete}
if #newer > 0 then
  seq = redis.call('HINCRBY', KEYS[1], 'seq', 1)
  answer[2] = tostring(seq)
  for _, i in ipairs(newer) do
    redis.call('HSET', KEYS[2], ARGV[i], ARGV[i + 1] .. '|' .. seq .. '|' .. ARGV[i + 2])
    answer[#answer + 1] = ARGV[i]
  end
  redis.call('HSET', KEYS[1], 'ts', ARGV[3])
end
if ARGV[2] == '1' then redis.call('HSET', KEYS[1], 'complete', '1') end
redis.call('PEXPIRE', KEYS[1], ARGV[4])
redis.call('PEXPIRE', KEYS[2], ARGV[4])
return answer
"""

BEGIN = """
-- KEYS meta, flights; ARGV new epoch, ttl ms. Answers the epoch into which the state is to be merged.
local epoch = redis.call('HGET', KEYS[1], 'epoch')
if not epoch then
  epoch = ARGV[1]
  redis.call('DEL', KEYS[2])
  redis.call('HSET', KEYS[1], 'epoch', epoch, 'seq', '0', 'complete', '0', 'ts', '0')
end
redis.call('PEXPIRE', KEYS[1], ARGV[2])
redis.call('PEXPIRE', KEYS[2], ARGV[2])
return epoch
"""

BEACON = """
-- KEYS worker, index, then (meta, flights)*; ARGV ttl ms, then topic*. Answers {worker alive, then {epoch, seq, complete} or false*}.
local time = redis.call('TIME')
local until_ms = time[1] * 1000 + math.floor(time[2] / 1000) + ARGV[1]
local answer = {redis.call('EXISTS', KEYS[1])}
for i = 2, #ARGV do
  local meta = KEYS[2 * i - 1]
  local mark = redis.call('HMGET', meta, 'epoch', 'seq', 'complete')
  if mark[1] then
    redis.call('PEXPIRE', meta, ARGV[1])
    redis.call('PEXPIRE', KEYS[2 * i], ARGV[1])
    answer[i] = mark
  else
    answer[i] = false
  end
  redis.call('ZADD', KEYS[2], until_ms, ARGV[i])
end
return answer
"""

DROP = """
-- KEYS meta, flights; ARGV epoch. Forgets the topic unless it has another epoch by now.
if redis.call('HGET', KEYS[1], 'epoch') ~= ARGV[1] then return 0 end
return redis.call('DEL', KEYS[1], KEYS[2])
"""

WANT = """
-- KEYS meta, queue, asked; ARGV topic, asked ms, longest queue. Asks the workers for an absent topic, once in a while.
if redis.call('HGET', KEYS[1], 'complete') == '1' then return 0 end
if redis.call('LLEN', KEYS[2]) >= tonumber(ARGV[3]) then return 0 end
if not redis.call('SET', KEYS[3], '1', 'NX', 'PX', ARGV[2]) then return 0 end
redis.call('RPUSH', KEYS[2], ARGV[1])
return 1
"""
