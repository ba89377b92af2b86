-- Enters something into the ledger, at that of some moments around which the fewest others
-- are due.
--
-- KEYS  ledger, its clock
-- ARGV  1 entry  2 how much around a moment counts, ms  then in how many ms each moment is
-- Result OK
local now, fewest, best = ledgerTime(), math.huge, nil
for i = 3, #ARGV do
  local at = now + ARGV[i]
  local others = redis.call('ZCOUNT', KEYS[1], int(at - ARGV[2]), int(at + ARGV[2]))
  if others < fewest then fewest, best = others, at end
end
redis.call('ZADD', KEYS[1], int(best), ARGV[1])
return redis.status_reply('OK')
