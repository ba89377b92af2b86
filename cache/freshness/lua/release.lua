-- Ends a run without a result.
--
-- KEYS  state, fresh, stale
-- ARGV  1 run  2 the job's token, made pending again; "" if the job will not be
--       tried again  3 fault to remember, "" for none  4 how long it is told to
--       readers, ms  5 when the job is tried again, in how many ms
--       6 summary to keep as the stale copy, as no later run has begun, or ""
--       7 its time to live, ms
-- Result the token that is pending now; if it is not the job's own, it is to be
--       enqueued. "" if none is: also if there is a fresh copy, which this run
--       may have set itself without learning of it
local s = redis.call('HMGET', KEYS[1], 'run', 'token', 'gen')
if s[1] == ARGV[1] then
  redis.call('HDEL', KEYS[1], 'lease', 'owner')
  if ARGV[3] ~= '' then
    redis.call('HSET', KEYS[1], 'fault', table.concat({ARGV[3], int(ms), ARGV[4], ARGV[5]}, ' '))
  end
  if ARGV[3] == 'access' then redis.call('HSET', KEYS[1], 'denied', ARGV[3]) end
  if ARGV[6] ~= '' then
    redis.call('SET', KEYS[3], ARGV[6], 'PX', ARGV[7])
    redis.call('HSET', KEYS[1], 'kept', ARGV[1])
    redis.call('HDEL', KEYS[1], 'denied')
  end
  if not s[2] and ARGV[2] ~= '' and redis.call('EXISTS', KEYS[2]) == 0 then
    -- Whoever is slow and began before must not set a fresh copy any more: no
    -- message drops one while a token stands.
    redis.call('HSET', KEYS[1], 'gen', int(math.max((tonumber(s[3]) or 0) + 1, us)), 'token', ARGV[2], 'asked', int(ms), 'by', 'a run')
    return ARGV[2]
  end
end
return s[2] or ''
