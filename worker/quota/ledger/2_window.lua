-- The calls of the last minute. A call counts from its turn until no window of
-- the far side can hold it any more.

-- The limits that hold (see agree), and what is left of them while processes that
-- may have called alone are awaited (see lessAwaited).
local held, limits = batch.limits, batch.limits
local unlimited

-- likelyLeaves returns when a call will leave the window that counts until leaves
-- now: one that is under way will have ended before it counts for less long.
local function likelyLeaves(leaves)
  leaves = tonumber(leaves)
  if leaves <= now + timing.window then return leaves end
  return math.min(leaves, leaves - timing.provisional + timing.window + (state.takes or timing.provisional))
end

-- whenFreed returns when so many places of a set have become free, of which
-- those that are free now do not count. Each place is taken to be used again at
-- once: so the ones free now come back a window later, and so on. leaves tells of
-- a call when it does, nil for when it does for sure.
local function whenFreed(set, need, limit, leaves)
  if need <= 0 then return now end
  local size = redis.call('ZCARD', set)
  local index, again = need - 1, 0
  if index >= size then
    local beyond, free = index - size, math.max(0, limit - size)
    again = 1 + math.floor(beyond / limit)
    index = beyond % limit - free
  end
  if index < 0 then return now + again * timing.window end
  local found = redis.call('ZRANGE', set, index, index, 'WITHSCORES')
  return math.max(now, (leaves or tonumber)(found[2])) + again * timing.window
end

local function second(at) return whole(math.floor(at / 1000)) end

-- loadOf returns how much of the limits a call takes, in millionths of the one
-- it takes most of.
local function loadOf(tokens)
  local part = 0
  if held.requests > 0 then part = 1 / held.requests end
  if held.tokens > 0 then part = math.max(part, tokens / held.tokens) end
  return math.floor(part * 1e6 + 0.5)
end

local function add(field, n) state[field] = (state[field] or 0) + n end

-- count adds what a call counts for: its tokens, to the load of its user, and,
-- unless that user is a heavy one, to what light users take.
local function count(call, expires, cost)
  local load = loadOf(cost.tokens)
  redis.call('HSET', key.costs, call, string.format('%.0f %.0f %d %s', cost.tokens, load, cost.heavy and 1 or 0, cost.name))
  redis.call('HINCRBY', key.loads, cost.name, whole(load))
  add('tokens', cost.tokens)
  if cost.tokens > 0 then redis.call('HINCRBY', key.expiries, second(expires), whole(cost.tokens)) end
  if not cost.heavy then add('lightCalls', 1); add('lightTokens', cost.tokens) end
end

-- uncount takes off what a call counted for, and returns it. expires is nil
-- for calls that leave in the ordinary way.
local function uncount(call, packed, expires)
  local tokens, load, heavy, name = string.match(packed, '^(%S+) (%S+) (%S+) (.*)$')
  local cost = {tokens = tonumber(tokens), heavy = heavy == '1', name = name}
  if redis.call('HINCRBY', key.loads, name, whole(-load)) <= 0 then redis.call('HDEL', key.loads, name) end
  add('tokens', -cost.tokens)
  if expires and cost.tokens > 0 then redis.call('HINCRBY', key.expiries, second(expires), whole(-cost.tokens)) end
  if not cost.heavy then add('lightCalls', -1); add('lightTokens', -cost.tokens) end
  return cost
end

-- addCall puts a call into the log, unless nothing is limited. user is the index
-- of the key of its user's calls, nil if it has no user.
local function addCall(call, expires, cost, user)
  if unlimited then return end
  redis.call('ZADD', key.calls, whole(expires), call)
  count(call, expires, cost)
  if user and limits.user > 0 then
    redis.call('ZADD', KEYS[user], whole(expires), call)
    redis.call('PEXPIRE', KEYS[user], whole(timing.userIdle))
  end
end

-- takeOut takes a call out of the log and returns what it counted for.
local function takeOut(call, expires, user)
  local cost = uncount(call, redis.call('HGET', key.costs, call), expires)
  redis.call('HDEL', key.costs, call)
  redis.call('ZREM', key.calls, call)
  if user then redis.call('ZREM', KEYS[user], call) end
  return cost
end

-- forgetCalls drops the calls that have left the window.
local function forgetCalls()
  repeat
    local gone = redis.call('ZRANGEBYSCORE', key.calls, '-inf', whole(now), 'LIMIT', 0, 500)
    if #gone > 0 then
      for i, packed in ipairs(redis.call('HMGET', key.costs, unpack(gone))) do uncount(gone[i], packed) end
      redis.call('HDEL', key.costs, unpack(gone))
      redis.call('ZREM', key.calls, unpack(gone))
    end
  until #gone < 500
end

-- The tokens that leave the window in each second to come, in order.
local expiriesRead
local function tokenExpiries()
  if expiriesRead then return expiriesRead end
  expiriesRead = {}
  local flat = redis.call('HGETALL', key.expiries)
  for i = 1, #flat, 2 do
    local at, tokens = tonumber(flat[i]), tonumber(flat[i + 1])
    if (at + 1) * 1000 < now or tokens == 0 then
      redis.call('HDEL', key.expiries, flat[i])
    else
      table.insert(expiriesRead, {at = at, tokens = tokens})
    end
  end
  table.sort(expiriesRead, function(a, b) return a.at < b.at end)
  return expiriesRead
end

-- Calls that leave very soon, with their tokens, in order: for these the
-- moment is told exactly.
local soonRead
local function leavingSoon()
  if soonRead then return soonRead end
  soonRead = {}
  local flat = redis.call('ZRANGEBYSCORE', key.calls, whole(now), whole(now + timing.far), 'WITHSCORES', 'LIMIT', 0, 500)
  if #flat == 0 then return soonRead end
  local calls = {}
  for i = 1, #flat, 2 do calls[#calls + 1] = flat[i] end
  for i, packed in ipairs(redis.call('HMGET', key.costs, unpack(calls))) do
    soonRead[i] = {at = tonumber(flat[2 * i]), tokens = tonumber(string.match(packed, '^%S+'))}
  end
  return soonRead
end

-- whenTokensFreedExactly is whenTokensFreed to the millisecond, or nil if that
-- is not soon.
local function whenTokensFreedExactly(need)
  if need <= 0 then return now end
  for _, call in ipairs(leavingSoon()) do
    need = need - call.tokens
    if need <= 0 then return math.max(now, call.at) end
  end
end

-- Calls under way count for what they reserved and as long as they may take. As
-- past ones tell, they will end sooner and give back some: refund in all, and
-- expiries are those of tokenExpiries as they will be then.
local likelyRead
local function likely()
  if likelyRead then return likelyRead end
  local used, at, refund = state.used or 1, {}, 0
  for _, e in ipairs(tokenExpiries()) do at[e.at] = e.tokens end
  local flat = redis.call('ZRANGEBYSCORE', key.calls, whole(now + timing.window), '+inf', 'WITHSCORES', 'LIMIT', 0, 500)
  local calls = {}
  for i = 1, #flat, 2 do calls[#calls + 1] = flat[i] end
  local costs = #calls > 0 and redis.call('HMGET', key.costs, unpack(calls)) or {}
  for i, packed in ipairs(costs) do
    local tokens, leaves = tonumber(string.match(packed, '^%S+')), tonumber(flat[2 * i])
    local before, after = math.floor(leaves / 1000), math.floor(likelyLeaves(leaves) / 1000)
    at[before] = (at[before] or 0) - tokens
    at[after] = (at[after] or 0) + tokens * used
    refund = refund + tokens * (1 - used)
  end
  likelyRead = {refund = refund, expiries = {}}
  for second, tokens in pairs(at) do
    if tokens > 0 then table.insert(likelyRead.expiries, {at = second, tokens = tokens}) end
  end
  table.sort(likelyRead.expiries, function(a, b) return a.at < b.at end)
  return likelyRead
end

-- whenTokensExpected is whenFreed for tokens, roughly: those of one second are
-- taken to leave evenly, and calls under way to end as past ones did.
local function whenTokensExpected(need)
  if need <= 0 then return now end
  local refund = likely().refund
  if need <= refund then return now + (state.takes or 0) * need / refund end
  need = need - refund
  local used, again = (state.tokens or 0) - refund, 0
  if need > used then
    local beyond, free = need - used, math.max(0, limits.tokens - used)
    again = 1 + math.floor(beyond / limits.tokens)
    need = beyond % limits.tokens - free
  end
  local at = now
  for _, expiry in ipairs(likely().expiries) do
    if need <= 0 then break end
    at = (expiry.at + math.min(1, need / expiry.tokens)) * 1000
    need = need - expiry.tokens
  end
  return math.max(now, at) + again * timing.window
end

-- settleCall records how a call went: never sent, or at the far side at most
-- `ago` before now, for so many tokens.
local function settleCall(s)
  local expires = redis.call('ZSCORE', key.calls, s.call)
  if not expires then return end
  local cost = takeOut(s.call, tonumber(expires), s.user)
  local reserved = cost.tokens
  if not s.unsent then
    local took = now - (tonumber(expires) - timing.provisional)
    state.takes = state.takes and 0.9 * state.takes + 0.1 * took or took
  end
  cost.tokens = s.unsent and 0 or s.tokens or reserved
  if limits.daily > 0 and cost.name ~= '' and cost.tokens ~= reserved then
    redis.call('HINCRBY', key.daily, cost.name, whole(cost.tokens - reserved))
  end
  if s.unsent then return end
  addCall(s.call, now - s.ago + timing.window, cost, s.user)
  state.ended = 1
  if s.tokens and reserved > 0 then
    -- How much of what calls reserve they use: only for telling times.
    local used = math.min(s.tokens / reserved, 1)
    state.used = state.used and 0.95 * state.used + 0.05 * used or used
  end
end
