-- Tells when entries of the ledger are due, and changes nothing.
--
-- KEYS  ledger, its clock
-- ARGV  entries
-- Result for each: in how many ms somebody looks at it, less than 0 if it is overdue; "" if
--       it is not there
local now, result = ledgerClock(), {}
for i, entry in ipairs(ARGV) do
  local at = redis.call('ZSCORE', KEYS[1], entry)
  result[i] = at and int(at - now) or ''
end
return result
