-- Drops the fresh copies of days, and keeps the runs under way from setting them,
-- whatever is wrong with the state of a day.
--
-- KEYS  for each day: state, fresh
-- ARGV  1 and 2, the instants between which the calendar changes, s since 1970: days
--       that were fetched as lying elsewhere are left alone. "" if all are meant
-- Result OK
local from, to = tonumber(ARGV[1]), tonumber(ARGV[2])
for i = 1, #KEYS, 2 do
  local touched, hash = true, redis.call('TYPE', KEYS[i]).ok == 'hash'
  if hash then
    local s = redis.call('HMGET', KEYS[i], 'gen', 'starts', 'ends')
    local gen, starts, ends = tonumber(s[1] or ''), tonumber(s[2] or ''), tonumber(s[3] or '')
    if from and starts and ends then touched = from < ends and (to > starts or from >= starts) end
    if touched and gen then redis.call('HSET', KEYS[i], 'gen', string.format('%.0f', gen + 1)) end
  end
  if touched and redis.call('DEL', KEYS[i + 1]) == 1 then redis.call('PUBLISH', 'foreday:dropped', KEYS[i + 1]) end
end
return redis.status_reply('OK')
