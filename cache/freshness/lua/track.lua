-- Enters refreshes into the ledger.
--
-- KEYS  ledger, its clock
-- ARGV  1 "NX" to leave alone what is there already, "CH" to change when it is due
--       then for each: in how many ms it is due, entry
-- Result OK
local now, entries, n = ledgerTime(), {}, 0
local wait, due
for i = 2, #ARGV, 2 do
  if ARGV[i] ~= wait then -- mostly it is the same for all
    wait, due = ARGV[i], int(now + ARGV[i])
  end
  entries[n + 1], entries[n + 2] = due, ARGV[i + 1]
  n = n + 2
  if n == 2000 or i == #ARGV - 1 then -- Lua can unpack some thousands
    redis.call('ZADD', KEYS[1], ARGV[1], unpack(entries, 1, n))
    n = 0
  end
end
return redis.status_reply('OK')
