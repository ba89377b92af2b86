-- Begins a run: the first thing a job does, before it looks at the calendar.
--
-- KEYS  state, fresh, stale, zone, days, settings
-- ARGV  1 date
--       2 who begins: unique to the job's execution, so that running twice for
--         one answer lost is harmless, and the same job may begin anew
--       3 zone of the user, in which the day will be fetched; "" if it will not
--         be fetched at all
--       4 "1" if the day is due without any reader
--       5 lease, ms
--       6 cooldown between two runs, ms
--       7 how long a reader's interest keeps a day due, ms
--       8 time to live of the state, ms
--       9 and 10 when the day starts and ends in that zone, s since 1970
-- Result {"go", generation, run, token cleared or "", expected event IDs, stale copy
--       or "", the user's settings or "", "1" if messages overtook the run before,
--       ms since the last message, "1" if nobody knows when the ledger has it due, ID of
--       the last message or "", traceparents of the last messages or "", as lines}
--       {"later", ms}: the cooldown ends in so long
--       {"busy"}: another run is under way, and takes care of what is pending
--       {"done"}: the fresh copy is there, nothing is pending, and nobody wants it anew
--       {"idle"}: nobody wants the day regenerated ahead
--       {"zone"}: the user's days were kept in another zone; invalidate them first
local state, fresh, stale, zone, days = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5]
local s = redis.call('HMGET', state, 'gen', 'token', 'run', 'lease', 'owner', 'read', 'expect', 'kept', 'since', 'began', 'asked', 'by', 'anew', 'message', 'traces')
local gen, token, run, lease, read, began = tonumber(s[1]), s[2], tonumber(s[3]), s[4], s[6], s[10]
local mine = lease and s[5] == ARGV[2]

if alive(lease, ARGV[5]) and not mine then return {'busy'} end
if not mine then
  if not token and not lease and not s[13] and redis.call('EXISTS', fresh) == 1 then return {'done'} end
  if left(ARGV[6], began) > 0 then return {'later', left(ARGV[6], began)} end
  if ARGV[4] ~= '1' and not interested(state, read, ARGV[7]) then
    redis.call('HDEL', state, 'token', 'asked', 'lease', 'owner', 'anew')
    return {'idle'}
  end
end
local known = redis.call('GET', zone)
if ARGV[3] ~= '' and known and known ~= ARGV[3] then return {'zone'} end

-- A publisher's plain command counts from one where there was nothing. That would come again
-- once it is lost; what the clock says does not.
if not gen or gen < 1e15 then gen = us end
-- A run that ended fresh has answered for all that was published before it.
local overtaken = run and s[8] == s[3] and s[9] and age(s[9]) < math.huge and age(s[9]) > age(began)
local sinceMessage = age(token and s[11])
-- A job that failed may have been deferred for long, and this be another.
local unknown = token and (s[12] == 'a run' or sinceMessage == math.huge)
if sinceMessage == math.huge then sinceMessage = math.max(0, ms - math.floor(gen / 1000)) end
run = math.max((run or 0) + 1, us)
redis.call('HSET', state, 'gen', int(gen), 'run', int(run), 'began', int(ms), 'owner', ARGV[2], 'lease', int(ms + ARGV[5]))
redis.call('HDEL', state, 'token', 'asked', 'fault', 'anew')
redis.call('PEXPIRE', state, ARGV[8])
if ARGV[3] ~= '' then
  redis.call('SET', zone, ARGV[3], 'PX', ARGV[8])
  redis.call('HSET', state, 'starts', ARGV[9], 'ends', ARGV[10])
end
redis.call('ZREMRANGEBYSCORE', days, '-inf', int(us / 1000000))
redis.call('ZADD', days, int((ms + ARGV[8]) / 1000 + 1), ARGV[1])
redis.call('PEXPIRE', days, ARGV[8])
return {'go', int(gen), int(run), token or '', s[7] or '', redis.call('GET', stale) or '', redis.call('GET', KEYS[6]) or '',
  overtaken and '1' or '', int(sinceMessage), unknown and '1' or '', s[14] or '', s[15] or ''}
