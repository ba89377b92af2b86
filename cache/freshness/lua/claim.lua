-- Takes overdue entries of the ledger in hand, for one sweep among many.
--
-- KEYS  ledger, its clock
-- ARGV  1 how many at most  2 how long others leave them alone, ms
-- Result the entries, and after them in how many ms the next one is due; without it, if
--        there is none
local now = ledgerTime()
local entries = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', int(now), 'LIMIT', 0, ARGV[1])
for _, e in ipairs(entries) do
  redis.call('ZADD', KEYS[1], int(now + ARGV[2]), e)
end
local first = redis.call('ZRANGE', KEYS[1], 0, 0, 'WITHSCORES')
if first[2] then table.insert(entries, int(math.max(0, first[2] - now))) end
return entries
