-- Notes that a day is being read.
--
-- KEYS  state, settings, reads
-- ARGV  1 time to live of the state, ms
--       2 number of the date, from 1970-01-01 on  3 the quarter of an hour of that day in
--       which it is read, or "" if it is read on another day  4 days that reads are kept
-- Result the user's settings, or ""
redis.call('HSET', KEYS[1], 'read', int(ms))
redis.call('PEXPIRE', KEYS[1], ARGV[1])
if ARGV[3] ~= '' then
  local date, quarter = tonumber(ARGV[2]), tonumber(ARGV[3])
  local at, bit = math.floor(quarter / 8) + 1, 2 ^ (quarter % 8)
  local day = redis.call('HGET', KEYS[3], ARGV[2])
  if not day then
    day = string.rep('\0', 12)
    for _, d in ipairs(redis.call('HKEYS', KEYS[3])) do
      if tonumber(d) < date - ARGV[4] then redis.call('HDEL', KEYS[3], d) end
    end
  end
  local byte = string.byte(day, at)
  if math.floor(byte / bit) % 2 == 0 then
    redis.call('HSET', KEYS[3], ARGV[2], string.sub(day, 1, at - 1) .. string.char(byte + bit) .. string.sub(day, at + 1))
  end
  redis.call('PEXPIRE', KEYS[3], ARGV[4] * 86400000)
end
return redis.call('GET', KEYS[2]) or ''
