-- The sliding log: the calls of the last minute. A call counts from its turn until
-- no window of the upstream can hold it any more.
--
-- What a call counts for is stored as {tokens, load, heavy, name}: load is the millionths
-- of the limits it takes, heavy whether it was spread as one of a heavy user, name its user.
-- While it is under way it has marks, too, for requests and tokens: how much was let go with
-- it, how much of that had ended before it, and how much more fills the limit.

-- The limits that hold (see agree), and what is left of them while processes that
-- may have called without asking are awaited (see reduceLimits). 0 is no limit.
local held, limits = batch.limits, batch.limits
local function unlimited() return held.requests == 0 and held.tokens == 0 and held.user == 0 and held.daily == 0 end

local tick = 100 -- tokens that leave the window within so many ms are one sum

-- loadOf returns how much of the limits a call takes, in millionths of the one
-- it takes most of.
local function loadOf(tokens)
  local part = 0
  if held.requests > 0 then part = 1 / held.requests end
  if held.tokens > 0 then part = math.max(part, tokens / held.tokens) end
  return math.floor(part * 1e6 + 0.5)
end

-- sum adds a call to the sums of the log, or takes it off if sign is -1: the tokens,
-- those of calls under way, those that leave in each tick, the load of its user, and
-- that of all users, and of what was not spread.
local function sum(cost, expires, sign)
  add('tokens', sign * cost.tokens)
  if cost.marks then add('requestsFlying', sign); add('tokensFlying', sign * cost.tokens) end
  add('load', sign * cost.load)
  if not cost.heavy then add('unspread', sign * cost.load) end
  if cost.tokens > 0 then
    redis.call('HINCRBY', key.expiries, whole(math.floor(expires / tick)), whole(sign * cost.tokens))
  end
  if tonumber(redis.call('ZINCRBY', key.loads, whole(sign * cost.load), cost.name)) <= 0 then redis.call('ZREM', key.loads, cost.name) end
end

-- noteBusy notes in a set until when snapshots tell that a user is busy (see busyUsers).
local function noteBusy(set, name, till)
  redis.call('ZADD', set, whole(till), name)
  state.busyTill = math.max(state.busyTill or 0, till)
end

-- addCall puts a call into the log. user is the index of the key of its user's
-- calls, nil if it has no user.
local function addCall(call, expires, cost, user)
  cost.load = loadOf(cost.tokens)
  redis.call('ZADD', key.calls, whole(expires), call)
  redis.call('HSET', key.costs, call, cjson.encode(cost))
  sum(cost, expires, 1)
  if user and limits.user > 0 then
    redis.call('ZADD', KEYS[user], whole(expires), call)
    redis.call('PEXPIRE', KEYS[user], whole(userIdle))
    -- Whoever is at it makes such calls again as soon as those leave the window.
    if redis.call('ZCARD', KEYS[user]) > held.user / 2 then noteBusy(key.busy, cost.name, expires + window) end
  end
end

-- dropCall takes a call out of the log and returns what it counted for.
local function dropCall(call, expires)
  local cost = cjson.decode(redis.call('HGET', key.costs, call))
  sum(cost, expires, -1)
  redis.call('HDEL', key.costs, call)
  redis.call('ZREM', key.calls, call)
  return cost
end

-- expireCalls drops the calls that have left the window.
local function expireCalls()
  local gone = redis.call('ZRANGEBYSCORE', key.calls, '-inf', whole(now), 'WITHSCORES')
  for i = 1, #gone, 2 do dropCall(gone[i], tonumber(gone[i + 1])) end
end

-- settle records how a call went: never sent, or with the upstream at most `ago`
-- before now, for so many tokens. It returns what the call counted for before. A call
-- that is only reported is added, unless the log has it.
local function settle(s)
  local expires = redis.call('ZSCORE', key.calls, s.call)
  if s.counts and not expires then
    addCall(s.call, now + s.counts, {tokens = s.tokens, name = s.name or ''}, s.user)
  end
  if s.counts or not expires then return end
  local before = dropCall(s.call, tonumber(expires))
  if s.user then redis.call('ZREM', KEYS[s.user], s.call) end
  local tokens = s.unsent and 0 or s.tokens or before.tokens
  if limits.daily > 0 and before.name ~= '' and tokens ~= before.tokens then
    redis.call('HINCRBY', key.daily, before.name, whole(tokens - before.tokens))
  end
  if s.unsent then return before end
  addCall(s.call, now - s.ago + window, {tokens = tokens, heavy = before.heavy, name = before.name}, s.user)
  -- How much of what calls reserve they use. It serves only to tell times.
  local used = s.tokens and before.tokens > 0 and math.min(s.tokens / before.tokens, 1) or state.used or 1
  state.used = state.used and 0.95 * state.used + 0.05 * used or used
  return before
end

-- The ends of the ticks in which tokens leave the window, in order, and how many.
local expiriesRead
local function tokenExpiries()
  if expiriesRead then return expiriesRead end
  expiriesRead = {}
  local flat = redis.call('HGETALL', key.expiries)
  for i = 1, #flat, 2 do
    local at, tokens = (tonumber(flat[i]) + 1) * tick, tonumber(flat[i + 1])
    if tokens == 0 then
      redis.call('HDEL', key.expiries, flat[i])
    else
      table.insert(expiriesRead, {at = at, tokens = tokens})
    end
  end
  table.sort(expiriesRead, function(a, b) return a.at < b.at end)
  return expiriesRead
end

-- tokensLeave returns when so many tokens have left the window. Those of calls that
-- were let go in this run leave it last.
local function tokensLeave(n)
  for _, expiry in ipairs(tokenExpiries()) do
    n = n - expiry.tokens
    if n <= 0 then return expiry.at end
  end
  return now + far + provisional
end

-- callsLeave returns when so many calls of a set have left the window.
local function callsLeave(set, n)
  return tonumber(redis.call('ZRANGE', set, n - 1, n - 1, 'WITHSCORES')[2])
end

-- whenFreed returns when a window that holds `used` has room for so many more than
-- it has now, given a function that tells when so many have left. Each place is
-- taken to be used again at once: the ones that are free now come back a window
-- later, and so on. A call under way counts for longer than it likely will; only the
-- sure answer allows for that.
local function whenFreed(need, used, limit, leave, sure)
  if need <= 0 then return now end
  local again = 0
  if need > used then
    local beyond = need - used - 1
    again = 1 + math.floor(beyond / limit)
    need = beyond % limit + 1 - math.max(0, limit - used)
  end
  local at = need > 0 and math.max(now, leave(need)) or now
  if not sure and state.used then at = math.min(at, now + window) end
  return at + again * window
end
