-- Gives users what one of the first seven has: both copies, and the state of the day.
--
-- KEYS  none: it is for a redis-server of the bench's own
-- ARGV  1 number of the first user  2 of the one after the last  3 date
-- Result OK
for n = tonumber(ARGV[1]), tonumber(ARGV[2]) - 1 do
  local from, to = 'foreday:{scale-' .. n % 7 .. '}:', string.format('foreday:{scale-%d}:', n)
  for _, key in ipairs({'summary:' .. ARGV[3], 'stale:' .. ARGV[3]}) do
    local text = string.gsub(redis.call('GET', from .. key), '"user":"scale%-%d"', string.format('"user":"scale-%d"', n), 1)
    redis.call('SET', to .. key, text, 'PX', redis.call('PTTL', from .. key))
  end
  for _, key in ipairs({'day:' .. ARGV[3], 'days', 'zone'}) do
    redis.call('COPY', from .. key, to .. key)
  end
end
return redis.status_reply('OK')
