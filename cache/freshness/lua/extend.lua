-- Extends the lease of a run that is alive.
--
-- KEYS  state
-- ARGV  1 run  2 lease, ms
-- Result the generation as it stands now, or "" if another run has the lease
local s = redis.call('HMGET', KEYS[1], 'run', 'lease', 'gen')
if s[1] ~= ARGV[1] or not s[2] then return '' end
redis.call('HSET', KEYS[1], 'lease', int(ms + ARGV[2]))
return s[3]
