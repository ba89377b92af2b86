-- A reader found no fresh copy of a day, and wants one.
--
-- KEYS  state, fresh, stale, settings
-- ARGV  1 age past which a pending token no longer counts, ms
--       2 cooldown between two runs, ms
--       3 time to live of the state, ms
--       4 how long readers share one job, ms
-- Result {action, token, not before (ms), stale copy or "", the user's settings or
--       "", fault or "", ms until the job that failed is tried again}
--       action 0: nothing to do, it is fresh by now, a run is under way, or a
--       fault is remembered; 1: enqueue the token; 3: enqueue it, and if its job
--       waits to be tried again, it is to wait no more. What is pending is enqueued
--       again, ahead of its turn; a token taken here is no promise and is not
--       made pending: a reader who dies has nobody waiting.
local clock = redis.call('TIME')
local us = clock[1] * 1000000 + clock[2]
local ms = math.floor(us / 1000)
local function int(n) return string.format('%.0f', n) end

local state = KEYS[1]
local s = redis.call('HMGET', state, 'token', 'asked', 'run', 'lease', 'seq', 'fault', 'shared', 'shared_at')
local token, run, lease, seq = s[1], tonumber(s[3]), tonumber(s[4]), tonumber(s[5])
redis.call('HSET', state, 'read', int(ms))
redis.call('PEXPIRE', state, ARGV[3])

local stale, settings = redis.call('GET', KEYS[3]) or '', redis.call('GET', KEYS[4]) or ''
local action = 1
if s[6] then
  local fault, told, again = string.match(s[6], '^(%S+) (%d+) (%d+)$')
  if fault and tonumber(told) > ms then
    return {0, '', 0, stale, settings, fault, math.max(0, again - ms)}
  end
  -- Its time is over: the first who asks has it tried again, and no other.
  redis.call('HDEL', state, 'fault')
  action = 3
end
if redis.call('EXISTS', KEYS[2]) == 1 or (lease and lease > ms) then
  return {0, '', 0, stale, settings, '', 0}
end
if not token or ms - tonumber(s[2]) >= tonumber(ARGV[1]) then
  token = s[7]
  if not token or ms - tonumber(s[8]) >= tonumber(ARGV[4]) then
    token = int(math.max((seq or 0) + 1, us))
    redis.call('HSET', state, 'seq', token, 'shared', token, 'shared_at', int(ms))
  end
end
local notBefore = 0
if run then
  notBefore = math.floor(run / 1000) + ARGV[2]
  if notBefore <= ms then notBefore = 0 end
end
return {action, token, notBefore, stale, settings, '', 0}
