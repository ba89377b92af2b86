-- Ends a run with its result.
--
-- KEYS  state, fresh, stale
-- ARGV  1 run  2 generation it began with
--       3 summary as the fresh copy  4 as the stale copy: each is sealed for its key
--       5 time to live of the fresh copy, ms  6 of the stale copy, ms
--       7 of the state, ms  8 cooldown between two runs, ms
-- Result {fresh, token, not before (ms from now), ms since the earliest message that
--       it answers was published, or -1 if there is none or nobody knows, read}
--       fresh 1: set as the fresh copy; 0: the generation has moved, or a later
--       run was faster; token: what is pending and is to be enqueued, or ""; read 1: a
--       reader has wanted the day while a stale copy would be kept
local s = redis.call('HMGET', KEYS[1], 'gen', 'run', 'kept', 'token', 'since', 'began', 'seq', 'anew', 'read')
local run, kept = tonumber(ARGV[1]), tonumber(s[3])
local fresh, waited = 0, -1

if not kept or kept <= run then
  redis.call('SET', KEYS[3], ARGV[4], 'PX', ARGV[6])
  redis.call('HSET', KEYS[1], 'kept', ARGV[1])
  if s[1] == ARGV[2] then
    fresh = 1
    if age(s[5]) < math.huge then waited = age(s[5]) end
    redis.call('SET', KEYS[2], ARGV[3], 'PX', ARGV[5])
    redis.call('HDEL', KEYS[1], 'since', 'expect', 'message', 'traces')
  end
end
if s[2] == ARGV[1] then
  redis.call('HDEL', KEYS[1], 'lease', 'owner', 'denied')
  -- Fenced off by a reader who wants it anew, and may have gone: nobody else sees to it
  -- that there is a fresh copy.
  if fresh == 0 and s[8] and not s[4] and redis.call('EXISTS', KEYS[2]) == 0 then
    s[4] = int(math.max((tonumber(s[7]) or 0) + 1, us))
    redis.call('HSET', KEYS[1], 'token', s[4], 'seq', s[4], 'asked', int(ms), 'by', 'a run')
  end
end
redis.call('PEXPIRE', KEYS[1], ARGV[7])
return {fresh, s[4] or '', s[4] and left(ARGV[8], s[6]) or 0, waited,
  interested(KEYS[1], s[9], ARGV[6]) and 1 or 0}
