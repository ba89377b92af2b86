-- Puts a secret in place of another one.
--
-- KEYS  secret
-- ARGV  1 the one to replace, "" for none  2 the one to put there
-- Result 1: it is there, if from an earlier run of this call; 0: another one is,
--       and nothing was changed
local now = redis.call('GET', KEYS[1]) or ''
if now == ARGV[2] then return 1 end
if now ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[2])
return 1
