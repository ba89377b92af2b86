-- A day is to be made before it is read, while its fresh copy, if there is one, stays.
--
-- KEYS  state
-- ARGV  1 age past which what was asked for no longer counts, ms
--       2 cooldown between two runs, ms  3 time to live of the state, ms
--       4 lease of a run, ms
-- Result {token, not before (ms from now)}: the token is to be enqueued. It is neither
--       tracked nor made pending: nobody waits. "" if a run is under way or asked for, or
--       one has failed: the next reader has it tried again
local s = redis.call('HMGET', KEYS[1], 'token', 'began', 'lease', 'seq', 'anew', 'fault')
if s[1] or s[6] or alive(s[3], ARGV[4]) or age(s[5]) < tonumber(ARGV[1]) then return {'', 0} end
local token = int(math.max((tonumber(s[4]) or 0) + 1, us))
redis.call('HSET', KEYS[1], 'seq', token, 'anew', int(ms))
redis.call('PEXPIRE', KEYS[1], ARGV[3])
return {token, left(ARGV[2], s[2])}
