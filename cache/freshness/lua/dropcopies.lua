-- Removes the copies of days, and keeps the runs under way from leaving any.
--
-- KEYS  for each day: state, fresh, stale
-- Result OK
for i = 1, #KEYS, 3 do
  if redis.call('DEL', KEYS[i + 1]) == 1 then redis.call('PUBLISH', 'foreday:dropped', KEYS[i + 1]) end
  redis.call('DEL', KEYS[i + 2])
  if redis.call('TYPE', KEYS[i]).ok == 'hash' then
    local s = redis.call('HMGET', KEYS[i], 'gen', 'run')
    if s[1] then redis.call('HSET', KEYS[i], 'gen', int(math.max((tonumber(s[1]) or 0) + 1, us))) end
    -- A run keeps no stale copy if a later one has.
    if s[2] then redis.call('HSET', KEYS[i], 'kept', int(math.max((tonumber(s[2]) or 0) + 1, us))) end
    redis.call('HDEL', KEYS[i], 'message', 'traces', 'expect')
  end
end
return redis.status_reply('OK')
