-- Ends a run without a result.
--
-- KEYS  state
-- ARGV  1 run  2 the job's token, made pending again; "" if the job will not be
--       tried again  3 fault to remember, ""  for none
-- Result the token that is pending now, or ""; if it is not the job's own, it is
--       to be enqueued
local s = redis.call('HMGET', KEYS[1], 'run', 'token')
if s[1] == ARGV[1] then
  redis.call('HDEL', KEYS[1], 'lease', 'owner')
  if ARGV[3] ~= '' then redis.call('HSET', KEYS[1], 'fault', ARGV[3]) end
  if not s[2] and ARGV[2] ~= '' then
    local clock = redis.call('TIME')
    redis.call('HSET', KEYS[1], 'token', ARGV[2], 'asked', string.format('%.0f', clock[1] * 1000 + math.floor(clock[2] / 1000)))
    return ARGV[2]
  end
end
return s[2] or ''
