-- Tells what is known of whether a day will be read soon.
--
-- KEYS  state, fresh, zone, reads
-- Result {ms that the fresh copy will still be there, 0 without one; ms since the day was
--       read last, or -1 if nobody knows; zone or ""; then the user's reads: date, quarters...}
local sinceRead = age(redis.call('HGET', KEYS[1], 'read'))
if sinceRead == math.huge then sinceRead = -1 end
return {math.max(0, redis.call('PTTL', KEYS[2])), sinceRead, redis.call('GET', KEYS[3]) or '', unpack(redis.call('HGETALL', KEYS[4]))}
