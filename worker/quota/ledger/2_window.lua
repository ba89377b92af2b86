-- The calls of the last minute. A call counts from its turn until no window of
-- the far side can hold it any more.

local limits = batch.limits

-- whenFreed returns when so many of the calls in a set have left it. Beyond
-- those in it, each place is taken to be used again at once.
local function whenFreed(set, need, limit)
  if need <= 0 then return now end
  local size = redis.call('ZCARD', set)
  if size == 0 then return now end
  local again, index = 0, need - 1
  if index >= size then
    again = 1 + math.floor((index - size) / limit)
    index = math.min((index - size) % limit, size - 1)
  end
  local found = redis.call('ZRANGE', set, index, index, 'WITHSCORES')
  return math.max(now, tonumber(found[2])) + again * timing.window
end

local function second(at) return whole(math.floor(at / 1000)) end

local function countTokens(call, expires, tokens)
  if tokens == 0 then return end
  redis.call('HSET', key.costs, call, whole(tokens))
  redis.call('HINCRBY', key.expiries, second(expires), whole(tokens))
  state.tokens = (state.tokens or 0) + tokens
end

local function uncountTokens(call, expires)
  local tokens = tonumber(redis.call('HGET', key.costs, call) or 0)
  if tokens == 0 then return 0 end
  redis.call('HDEL', key.costs, call)
  redis.call('HINCRBY', key.expiries, second(expires), whole(-tokens))
  state.tokens = state.tokens - tokens
  return tokens
end

local function addCall(call, expires, tokens, user)
  redis.call('ZADD', key.calls, whole(expires), call)
  countTokens(call, expires, tokens)
  if user then
    redis.call('ZADD', KEYS[user], whole(expires), call)
    redis.call('PEXPIRE', KEYS[user], whole(2 * timing.provisional))
  end
end

local function dropCall(call, expires, user)
  redis.call('ZREM', key.calls, call)
  uncountTokens(call, expires)
  if user then redis.call('ZREM', KEYS[user], call) end
end

-- forgetCalls drops the calls that have left the window.
local function forgetCalls()
  repeat
    local gone = redis.call('ZRANGEBYSCORE', key.calls, '-inf', whole(now), 'LIMIT', 0, 500)
    if #gone > 0 then
      redis.call('ZREM', key.calls, unpack(gone))
      for _, tokens in ipairs(redis.call('HMGET', key.costs, unpack(gone))) do
        if tokens then state.tokens = state.tokens - tokens end
      end
      redis.call('HDEL', key.costs, unpack(gone))
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

-- whenTokensFreed returns roughly when so many tokens have left, taking those
-- of one second to leave evenly.
local function whenTokensFreed(need)
  if need <= 0 then return now end
  local again = math.floor(need / limits.tokens)
  need = need - again * limits.tokens
  local at = now
  for _, expiry in ipairs(tokenExpiries()) do
    if need <= 0 then break end
    at = (expiry.at + math.min(1, need / expiry.tokens)) * 1000
    need = need - expiry.tokens
  end
  return math.max(now, at) + again * timing.window
end

-- Calls that leave very soon, with their tokens, in order: for these the
-- moment is told exactly.
local soonRead
local function leavingSoon()
  if soonRead then return soonRead end
  soonRead = {}
  local flat = redis.call('ZRANGEBYSCORE', key.calls, whole(now), whole(now + timing.far), 'WITHSCORES', 'LIMIT', 0, 500)
  for i = 1, #flat, 2 do
    table.insert(soonRead, {
      at = tonumber(flat[i + 1]),
      tokens = tonumber(redis.call('HGET', key.costs, flat[i]) or 0),
    })
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

-- settleCall records how a call went: never sent, or at the far side at most
-- `ago` before now, for so many tokens.
local function settleCall(s)
  local expires = redis.call('ZSCORE', key.calls, s.call)
  if not expires then return end
  expires = tonumber(expires)
  local counted = uncountTokens(s.call, expires)
  local tokens = s.tokens or counted
  if s.unsent then tokens = 0 end
  if s.name and limits.daily > 0 and tokens ~= counted then
    redis.call('HINCRBY', key.daily, s.name, whole(tokens - counted))
  end
  if s.unsent then return dropCall(s.call, expires, s.user) end
  addCall(s.call, now - s.ago + timing.window, tokens, s.user)
  if s.tokens and counted > 0 then
    -- How much of what calls reserve they use: only for telling times.
    state.used = 0.9 * (state.used or 1) + 0.1 * math.min(s.tokens / counted, 1)
  end
end
