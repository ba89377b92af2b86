-- Takes overdue entries of the ledger in hand, for one sweep among many.
--
-- KEYS  ledger
-- ARGV  1 how many at most  2 how long others leave them alone, ms
-- Result the entries
local clock = redis.call('TIME')
local ms = clock[1] * 1000 + math.floor(clock[2] / 1000)
local entries = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', string.format('%.0f', ms), 'LIMIT', 0, ARGV[1])
for _, e in ipairs(entries) do
  redis.call('ZADD', KEYS[1], string.format('%.0f', ms + ARGV[2]), e)
end
return entries
