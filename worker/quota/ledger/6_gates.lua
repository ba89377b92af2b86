-- The processes that share the limits. One that loses Redis goes on with its
-- share of them, and tells afterwards what it did. Until all have told, or a
-- window has passed, what the others can have done is taken to be done.

-- oweEach notes what each process that is awaited can have called that the ledger
-- does not know: its share, as far as one that is alone may have used it by now.
-- If the ledger has forgotten the calls from before, it is all that was each one's.
-- Of two outages soon after each other, the one in which it is more counts.
local function oweEach(gone)
  local sharers = math.max(batch.sharers or 0, redis.call('ZCARD', key.awaited) + 1)
  local forgotten = not lastRun or lastRun < gone - timing.beat
  for name, limit in pairs(limits) do
    local share = batch.share and batch.share[name]
    if forgotten or not share then share = math.floor(limit / sharers) end
    state['owed:' .. name] = math.max(state['owed:' .. name] or 0, share)
  end
end

-- comeBack hears of a process that had lost Redis, or finds an empty one. If it
-- was Redis that was away, nobody was heard of since, but for the beat it may take
-- to notice: then all who were there are awaited. Who was silent for some beats
-- before has ended.
local function comeBack()
  local gone = now - batch.away
  for _, gate in ipairs(redis.call('ZRANGEBYSCORE', key.gates, whole(gone + timing.beat), '+inf')) do
    if gate ~= batch.gate then return end
  end
  local members = batch.members or {}
  for _, gate in ipairs(redis.call('ZRANGE', key.gates, 0, -1)) do table.insert(members, gate) end
  for _, gate in ipairs(members) do
    local seen = tonumber(redis.call('ZSCORE', key.gates, gate) or nil)
    if gate ~= batch.gate and not (seen and seen < gone - 3 * timing.beat) then
      redis.call('ZADD', key.awaited, 'NX', whole(now + timing.provisional), gate)
    end
  end
  oweEach(gone)
end

-- report takes what a process did without asking, or what Redis forgot.
local function report(calls)
  for _, call in ipairs(calls) do
    if not redis.call('ZSCORE', key.calls, call.call) then
      addCall(call.call, now + call.left, {tokens = call.tokens, name = call.name}, call.user)
    end
  end
end

-- lessAwaited takes off the limits what the processes not heard of yet can have
-- called.
local function lessAwaited()
  redis.call('ZREMRANGEBYSCORE', key.awaited, '-inf', whole(now))
  local awaited = redis.call('ZCARD', key.awaited)
  if awaited == 0 then
    state.whole = 0
    for name in pairs(limits) do state['owed:' .. name] = 0 end
    return
  end
  state.whole = tonumber(redis.call('ZRANGE', key.awaited, -1, -1, 'WITHSCORES')[2])
  for name, limit in pairs(limits) do
    -- Whoever is here has a share, too: at least one, or there would be none to
    -- wait for.
    if name ~= 'daily' and limit > 0 then
      local owed = awaited * (state['owed:' .. name] or 0)
      limits[name] = math.max(1, math.floor(limit / (awaited + 1)), limit - owed)
    end
  end
end

local function meet()
  if batch.away then comeBack() end
  if batch.report then report(batch.report) end
  if not batch.more then redis.call('ZREM', key.awaited, batch.gate) end
  redis.call('ZADD', key.gates, whole(now), batch.gate)
  redis.call('ZREMRANGEBYSCORE', key.gates, '-inf', whole(now - timing.member))
  if batch.bye then redis.call('ZREM', key.gates, batch.gate) end
  lessAwaited()
end

-- outlook is what a process has to know to go on alone: who shares, how much
-- is used, and what leaves the window in each second from now.
local function outlook()
  local calls, tokens = {}, {}
  local seconds = math.ceil(timing.provisional / 1000) + 1
  for i = 1, seconds do calls[i], tokens[i] = 0, 0 end
  if limits.requests > 0 then
    for i = 1, seconds do
      calls[i] = redis.call('ZCOUNT', key.calls, '(' .. whole(now + (i - 1) * 1000), whole(now + i * 1000))
    end
  end
  for _, expiry in ipairs(tokenExpiries()) do
    local i = math.max(1, math.ceil(((expiry.at + 1) * 1000 - now) / 1000))
    if i <= seconds then tokens[i] = tokens[i] + expiry.tokens end
  end
  return {
    gates = list(redis.call('ZRANGE', key.gates, 0, -1)),
    calls = redis.call('ZCARD', key.calls), tokens = math.max(0, state.tokens or 0),
    callsLeave = list(calls), tokensLeave = list(tokens),
  }
end
