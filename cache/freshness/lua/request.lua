-- A reader found no fresh copy of a day, and wants one; or wants one that is fetched
-- from now on.
--
-- KEYS  state, fresh, stale, settings
-- ARGV  1 age past which a pending token no longer counts, ms
--       2 cooldown between two runs, ms
--       3 time to live of the state, ms
--       4 how long readers share one job, ms  5 lease of a run, ms
--       6 "1" if what was fetched before is not enough. It stays fresh
-- Result {action, token, not before (ms from now), stale copy or "", the user's settings
--       or "", fault or "", ms until the job that failed is tried again, the generation
--       from which on a copy is enough, the fault of the last run that was denied access, ""
--       if one has had it since}
--       action 0: nothing to do, it is fresh by now, a run is under way, or a
--       fault is remembered; 1: enqueue the token; 3: enqueue it, and if its job
--       waits to be tried again, it is to wait no more. What is pending is enqueued
--       again, ahead of its turn; a token taken here is not tracked, and is not
--       made pending: a reader who dies has nobody waiting.
local state = KEYS[1]
local s = redis.call('HMGET', state, 'token', 'asked', 'began', 'lease', 'seq', 'fault', 'shared', 'shared_at', 'anew', 'gen', 'denied')
local token, began, lease, seq, anew, gen = s[1], s[3], s[4], tonumber(s[5]), s[9], '0'
local denied = s[11] or ''
redis.call('HSET', state, 'read', int(ms))
if ARGV[6] == '1' then
  -- Runs under way may have fetched before: they are to begin anew.
  anew, gen = int(ms), int(math.max((tonumber(s[10]) or 0) + 1, us))
  redis.call('HSET', state, 'anew', anew, 'gen', gen)
end
redis.call('PEXPIRE', state, ARGV[3])

local stale, settings = redis.call('GET', KEYS[3]) or '', redis.call('GET', KEYS[4]) or ''
local action = 1
if s[6] then
  local fault, since, told, wait = string.match(s[6], '^(%S+) (%d+) (%d+) (%d+)$')
  if fault and left(told, since) > 0 then
    return {0, '', 0, stale, settings, fault, left(wait, since), gen, denied}
  end
  -- Its time is over: the first who asks has it tried again, and no other.
  redis.call('HDEL', state, 'fault')
  action = 3
end
if not anew and redis.call('EXISTS', KEYS[2]) == 1 or alive(lease, ARGV[5]) then
  return {0, '', 0, stale, settings, '', 0, gen, denied}
end
if not token or age(s[2]) >= tonumber(ARGV[1]) then
  token = s[7]
  if not token or age(s[8]) >= tonumber(ARGV[4]) then
    token = int(math.max((seq or 0) + 1, us))
    redis.call('HSET', state, 'seq', token, 'shared', token, 'shared_at', int(ms))
  end
end
return {action, token, left(ARGV[2], began), stale, settings, '', 0, gen, denied}
