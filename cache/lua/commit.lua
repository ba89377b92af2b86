-- Ends a run with its result.
--
-- KEYS  state, fresh, stale
-- ARGV  1 run  2 generation it began with
--       3 summary as the fresh copy  4 as the stale copy: each is sealed for its key
--       5 time to live of the fresh copy, ms  6 of the stale copy, ms
--       7 of the state, ms  8 cooldown between two runs, ms
-- Result {fresh, token, not before (ms), since or 0}
--       fresh 1: set as the fresh copy; 0: the generation has moved, or a later
--       run was faster; token: what is pending and is to be enqueued, or ""
local s = redis.call('HMGET', KEYS[1], 'gen', 'run', 'kept', 'token', 'since')
local run, kept = tonumber(ARGV[1]), tonumber(s[3])
local fresh, notBefore, since = 0, 0, 0

if not kept or kept <= run then
  redis.call('SET', KEYS[3], ARGV[4], 'PX', ARGV[6])
  redis.call('HSET', KEYS[1], 'kept', ARGV[1])
  if s[1] == ARGV[2] then
    fresh, since = 1, tonumber(s[5]) or 0
    redis.call('SET', KEYS[2], ARGV[3], 'PX', ARGV[5])
    redis.call('HDEL', KEYS[1], 'since', 'want')
  end
end
if s[2] == ARGV[1] then
  redis.call('HDEL', KEYS[1], 'lease', 'owner')
end
redis.call('PEXPIRE', KEYS[1], ARGV[7])
if s[2] and s[4] then notBefore = math.floor(tonumber(s[2]) / 1000) + ARGV[8] end
return {fresh, s[4] or '', notBefore, since}
