-- Drops the fresh copies of days, and fences off the runs under way, whatever is
-- wrong with the state of a day.
--
-- KEYS  for each day: state, fresh
-- Result OK
for i = 1, #KEYS, 2 do
  redis.call('DEL', KEYS[i + 1])
  if redis.call('TYPE', KEYS[i]).ok == 'hash' then
    local gen = tonumber(redis.call('HGET', KEYS[i], 'gen') or '')
    if gen then redis.call('HSET', KEYS[i], 'gen', string.format('%.0f', gen + 1)) end
  end
end
return redis.status_reply('OK')
