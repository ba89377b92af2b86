-- Looks whether the refresh of a token was done.
--
-- KEYS  state, fresh
-- ARGV  1 token  2 what the queue knows of its job: "?" not asked yet, "lost",
--       "dead" if it failed for good  3 lease of a run, ms  4 who is known to be dead:
--       a run of this owner is not under way, whatever its lease says; '' for nobody
-- Result {"kept"}: done, or given up on purpose
--       {"wait", ms, owner}: a run is under way, its lease ends in so long
--       {"other", token}: that one is pending now and answers for the day
--       {"queued", ms}: it should be in the queue, for so long; ask, and audit again
--       if it is not
--       {"reissued", token}: it was lost; this new one is to be tracked and enqueued
local s = redis.call('HMGET', KEYS[1], 'token', 'lease', 'seq', 'gen', 'asked', 'owner')
local token, lease = s[1], tonumber(s[2])

if alive(lease, ARGV[3]) and (ARGV[4] == '' or s[6] ~= ARGV[4]) then return {'wait', lease - ms, s[6] or ''} end
if token and token ~= ARGV[1] then return {'other', token} end
if not token and not lease then return {'kept'} end
if not token and redis.call('EXISTS', KEYS[2]) == 1 then
  -- A run that began before the one that let its lease end was done after all.
  redis.call('HDEL', KEYS[1], 'lease', 'owner')
  return {'kept'}
end
if token and ARGV[2] == '?' then return {'queued', ms - math.min(ms, tonumber(s[5]) or ms)} end
if token and ARGV[2] == 'dead' then
  redis.call('HDEL', KEYS[1], 'token', 'asked')
  return {'kept'}
end
-- The run that let its lease end may be slow instead of dead: it must not set a
-- fresh copy any more, as no message drops one while a token stands.
local new = int(math.max((tonumber(s[3]) or 0) + 1, us))
redis.call('HSET', KEYS[1], 'gen', int(math.max((tonumber(s[4]) or 0) + 1, us)), 'token', new, 'seq', new, 'asked', int(ms))
redis.call('HDEL', KEYS[1], 'lease', 'owner')
return {'reissued', new}
