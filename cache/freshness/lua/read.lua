-- Notes that a day is being read.
--
-- KEYS  state, settings
-- ARGV  1 time to live of the state, ms
-- Result the user's settings, or ""
redis.call('HSET', KEYS[1], 'read', int(ms))
redis.call('PEXPIRE', KEYS[1], ARGV[1])
return redis.call('GET', KEYS[2]) or ''
