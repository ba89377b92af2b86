-- Gives a lease back, unless it has ended and is somebody else's.
--
-- KEYS  lease
-- ARGV  1 its holder
-- Result 1 if it was the holder's, else 0
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
return redis.call('DEL', KEYS[1])
