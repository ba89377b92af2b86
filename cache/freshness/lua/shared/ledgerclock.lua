-- The clock of the ledger, for the scripts that have the ledger and that clock as
-- their first two keys. It follows Redis's, but never goes back: else what is due
-- would not be until the old time was reached again. To spare writes, it is kept once
-- in a second, and so may lose that second when Redis's clock steps back.
--
--   seen   the time when it was kept last, ms
--   ahead  by how much it is ahead of Redis's clock, ms
local function ledgerClock()
  local s = redis.call('HMGET', KEYS[2], 'seen', 'ahead')
  local seen, ahead = tonumber(s[1] or 0), tonumber(s[2] or 0)
  return math.max(ms + ahead, seen), seen, ahead
end

-- ledgerTime is what it says, kept for whoever asks next.
local function ledgerTime()
  local now, seen, ahead = ledgerClock()
  if now ~= ms + ahead or now - seen >= 1000 then
    redis.call('HSET', KEYS[2], 'seen', int(now), 'ahead', int(now - ms))
  end
  return now
end
