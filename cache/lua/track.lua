-- Enters promises into the ledger.
--
-- KEYS  ledger, its clock
-- ARGV  1 "NX" to leave alone what is there already, "" to change when it is due
--       then for each: in how many ms it is due, entry
-- Result how many there were
local now = ledgerTime()
for i = 2, #ARGV, 2 do
  local due = int(now + ARGV[i])
  if ARGV[1] == 'NX' then
    redis.call('ZADD', KEYS[1], 'NX', due, ARGV[i + 1])
  else
    redis.call('ZADD', KEYS[1], due, ARGV[i + 1])
  end
end
return (#ARGV - 1) / 2
