-- Removes a copy that could not be read.
--
-- KEYS  copy
-- ARGV  1 what was read
-- Result 1 if it was removed, 0 if something else is there by now
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
return redis.call('DEL', KEYS[1])
