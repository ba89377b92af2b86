-- Puts a dead letter back on the stream, once.
--
-- KEYS  the stream of dead letters, the stream
-- ARGV  1 the letter's ID  then its own names and values in turn
-- Result 1 if it was put back, 0 if it was not there any more
if redis.call('XDEL', KEYS[1], ARGV[1]) == 0 then return 0 end
redis.call('XADD', KEYS[2], '*', unpack(ARGV, 2))
return 1
