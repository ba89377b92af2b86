-- Ends a run without a result.
--
-- KEYS  state, fresh
-- ARGV  1 run  2 the job's token, made pending again; "" if the job will not be
--       tried again  3 fault to remember, ""  for none
-- Result the token that is pending now; if it is not the job's own, it is to be
--       enqueued. "" if none is: also if there is a fresh copy, which this run
--       may have set itself without learning of it
local s = redis.call('HMGET', KEYS[1], 'run', 'token', 'gen')
if s[1] == ARGV[1] then
  redis.call('HDEL', KEYS[1], 'lease', 'owner')
  if ARGV[3] ~= '' then redis.call('HSET', KEYS[1], 'fault', ARGV[3]) end
  if not s[2] and ARGV[2] ~= '' and redis.call('EXISTS', KEYS[2]) == 0 then
    -- Whoever is slow and began before must not set a fresh copy any more: no
    -- message drops one while a token stands.
    redis.call('HSET', KEYS[1], 'gen', int(math.max((tonumber(s[3]) or 0) + 1, us)), 'token', ARGV[2], 'asked', int(ms), 'by', 'a run')
    return ARGV[2]
  end
end
return s[2] or ''
