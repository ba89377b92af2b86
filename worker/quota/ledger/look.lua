-- Tells how much of the limits is in use and who waits, and changes nothing.
--
-- KEYS  as of every batch, and 18 the calls of the user
-- ARGV  1 a batch without anything to do  2 unused  3 the user  then tickets of the user
--
-- RESULT JSON; its fields are those of type Use in look.go. Times are ms from now.
readClock()
lowest(allLimits())

-- left returns how long it is to a time, 0 if it has come.
local function left(till) return math.max(0, math.ceil((till or 0) - now)) end

-- calls tells how many calls of a set count, and when the first of them does not any more.
local function calls(set, limit)
  local first = redis.call('ZRANGEBYSCORE', set, '(' .. whole(now), '+inf', 'WITHSCORES', 'LIMIT', 0, 1)
  return {used = redis.call('ZCOUNT', set, '(' .. whole(now), '+inf'), limit = limit or 0, freed_ms = left(tonumber(first[2] or 0))}
end

local use = {
  requests = calls(key.calls, limitOf('requests')), user_requests = calls(KEYS[18], limits.user),
  tokens = {used = 0, limit = limitOf('tokens') or 0, freed_ms = 0},
  daily_tokens = {used = tonumber(redis.call('HGET', key.daily, ARGV[3]) or 0), limit = limits.daily, freed_ms = 0},
  waiting = redis.call('ZCARD', key.queue), user_waiting = tonumber(redis.call('HGET', key.waiting, ARGV[3]) or 0),
  before = -1, turn_ms = 0, stopped_ms = left(state.stopped), no_credit_ms = left(state.noCredit), user_held_ms = left(heldUser(ARGV[3])),
}
local ticks = redis.call('HGETALL', key.expiries)
for i = 1, #ticks, 2 do
  local at, tokens = (tonumber(ticks[i]) + 1) * tick, tonumber(ticks[i + 1])
  if at > now and tokens > 0 then
    use.tokens.used = use.tokens.used + tokens
    if use.tokens.freed_ms == 0 or left(at) < use.tokens.freed_ms then use.tokens.freed_ms = left(at) end
  end
end
for i = 4, #ARGV do
  local place, back = redis.call('ZRANK', key.queue, ARGV[i]), redis.call('ZSCORE', key.backs, ARGV[i])
  if place and back and (use.before < 0 or place < use.before) then use.before, use.turn_ms = place, left(tonumber(back)) end
end
return cjson.encode(use)
