-- Counts the workers that are alive, and lets one be heard of.
--
-- KEYS[1]  sorted set of workers, by when each was last heard of, seconds of Redis's clock
-- ARGV[1]  for how many seconds one counts after that
-- ARGV[2]  the one that is heard of; "" for none
-- returns  how many there are

local now, kept = tonumber(redis.call('TIME')[1]), tonumber(ARGV[1])
if ARGV[2] ~= '' then
  redis.call('ZADD', KEYS[1], now, ARGV[2])
  redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now - kept)
end
-- One that seems to be heard of in the future was, before the clock stepped back.
return redis.call('ZCOUNT', KEYS[1], '(' .. now - kept, '+inf')
