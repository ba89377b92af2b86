-- The processes that share the limits. One that loses Redis goes on with its
-- share of them, and tells afterwards what it did. Until all have told, or a
-- window has passed, what the others can have done is taken to be done.

-- agree takes note of this process's limits. While the processes' limits differ,
-- the lowest of each kind hold for all.
local mixed = false
local function packLimits(l) return string.format('%.0f %.0f %.0f %.0f', l.requests, l.user, l.tokens, l.daily) end
local function agree()
  local own = packLimits(batch.limits)
  if redis.call('HGET', key.limits, batch.gate) ~= own then
    redis.call('HSET', key.limits, batch.gate, own)
    redis.call('PUBLISH', ARGV[2], '0')
  end
  held = {requests = batch.limits.requests, user = batch.limits.user, tokens = batch.limits.tokens, daily = batch.limits.daily}
  local function lower(name, limit)
    limit = tonumber(limit)
    if limit > 0 and (held[name] == 0 or limit < held[name]) then held[name] = limit end
  end
  for _, packed in ipairs(redis.call('HVALS', key.limits)) do
    if packed ~= own then
      mixed = true
      local requests, user, tokens, daily = string.match(packed, '^(%S+) (%S+) (%S+) (%S+)$')
      lower('requests', requests); lower('user', user); lower('tokens', tokens); lower('daily', daily)
    end
  end
  limits = {requests = held.requests, user = held.user, tokens = held.tokens, daily = held.daily}
  unlimited = held.requests == 0 and held.tokens == 0 and held.user == 0 and held.daily == 0
end

-- forgetGates forgets processes that ended. The limits of those that are awaited
-- are kept.
local function forgetGates()
  local ended = redis.call('ZRANGEBYSCORE', key.gates, '-inf', whole(now - timing.member))
  for _, gate in ipairs(redis.call('ZRANGEBYSCORE', key.awaited, '-inf', whole(now))) do
    redis.call('ZREM', key.awaited, gate)
    if not redis.call('ZSCORE', key.gates, gate) then table.insert(ended, gate) end
  end
  for _, gate in ipairs(ended) do
    redis.call('ZREM', key.gates, gate)
    if not redis.call('ZSCORE', key.awaited, gate) then redis.call('HDEL', key.limits, gate) end
  end
end

-- awaitOthers hears of a process that had lost Redis. If it was Redis that was
-- away, nobody was heard of since, but for the beat it may take to notice: then all
-- who were there are awaited. Who was silent for some beats before has ended. If
-- the ledger is another than the process knew, it has forgotten all the others.
-- awaitOthers returns since when Redis was away, nil if it was not, and whether 'all'
-- calls from before are forgotten, or those of the 'last' moments, which a Redis that
-- crashes has not on its disk. Redis answered until lastRun, as far as it knows.
local function awaitOthers()
  local gone = now - batch.away
  if batch.away < 0 then gone = lastRun or now end -- it never knew the ledger
  local emptied = batch.members and batch.epoch ~= state.epoch
  for _, gate in ipairs(redis.call('ZRANGEBYSCORE', key.gates, whole(gone + timing.beat), '+inf')) do
    if gate ~= batch.gate and not emptied then return end
  end
  local answered, newly = math.max(gone, lastRun or gone), {}
  local others = batch.members or {}
  for _, gate in ipairs(redis.call('ZRANGE', key.gates, 0, -1)) do table.insert(others, gate) end
  for _, gate in ipairs(others) do
    local seen = tonumber(redis.call('ZSCORE', key.gates, gate) or nil)
    local ended = seen and seen < answered - 2 * timing.beat
    local back = seen and seen >= gone + timing.beat
    if gate ~= batch.gate and not ended and not back then
      redis.call('ZADD', key.awaited, 'NX', whole(now + timing.provisional), gate)
      table.insert(newly, gate)
      redis.call('HSETNX', key.limits, gate, packLimits(batch.held or batch.limits))
    end
  end
  if emptied or not lastRun then return answered, 'all', newly end
  return answered, lastRun < gone - timing.beat and 'last', newly
end

-- owesOf returns what a process can have called that the ledger does not know.
local function owesOf(gate)
  local requests, user, tokens, daily = string.match(tostring(state['owes:' .. gate]), '^(%S+) (%S+) (%S+) (%S+)$')
  return {requests = tonumber(requests) or 0, user = tonumber(user) or 0, tokens = tonumber(tokens) or 0, daily = tonumber(daily) or 0}
end

-- oweEach notes what each process that is awaited since this outage can have called
-- that the ledger does not know: its share, as far as it may have used it by now, at
-- the pace that a process alone keeps to (see alone.go), and until it notices that
-- Redis is back. If the ledger has forgotten all calls from before, it is all that was each
-- one's; if the last ones, so many as all processes made, at the most of their pace in
-- the window before, in the time of which it knows nothing. Of two outages of one
-- process soon after each other, the one in which it is more counts.
local mostOfPace = 4
local function oweEach(gone, forgotten, gates)
  local sharers = batch.sharers or #gates + 1
  local span = now - gone + timing.trip + 500 -- it takes a trip to notice its return
  local owes = {}
  for name, limit in pairs(held) do
    local part = limit / sharers
    local owed, least = math.floor(part), name == 'tokens' and 0 or timing.aloneCalls
    if forgotten == 'last' and name ~= 'user' then
      local made = name == 'tokens' and (state.tokens or 0) or redis.call('ZCARD', key.calls)
      local unknown = math.max(0, now - lastRun) + timing.trip
      owed = math.min(owed, math.max(least, math.ceil(mostOfPace * made * unknown / timing.window)))
    elseif not forgotten then
      owed = math.min(batch.share and batch.share[name] or owed,
        math.max(least, math.ceil(part * (timing.aloneBurst + span / timing.window))))
    end
    owes[name] = owed
  end
  for _, gate in ipairs(gates) do
    local most = owesOf(gate)
    for name, owed in pairs(owes) do most[name] = math.max(owed, most[name]) end
    state['owes:' .. gate] = packLimits(most)
  end
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
  local awaited, owed = redis.call('ZRANGE', key.awaited, 0, -1), {requests = 0, user = 0, tokens = 0, daily = 0}
  local there = {}
  for _, gate in ipairs(awaited) do
    there['owes:' .. gate] = true
    for name, n in pairs(owesOf(gate)) do owed[name] = owed[name] + n end
  end
  for field in pairs(state) do
    if string.sub(field, 1, 5) == 'owes:' and not there[field] then
      redis.call('HDEL', key.state, field)
      state[field] = nil
    end
  end
  state.whole = #awaited > 0 and tonumber(redis.call('ZRANGE', key.awaited, -1, -1, 'WITHSCORES')[2]) or 0
  for name, limit in pairs(held) do
    -- Whoever is here has a share, too: at least one, or there would be none to
    -- wait for.
    if name ~= 'daily' and limit > 0 and #awaited > 0 then
      limits[name] = math.max(1, math.floor(limit / (#awaited + 1)), limit - owed[name])
    end
  end
end

local function meet()
  local gone, forgotten, newly
  if batch.away then gone, forgotten, newly = awaitOthers() end
  redis.call('ZADD', key.gates, whole(now), batch.gate)
  forgetGates()
  agree()
  if gone then oweEach(gone, forgotten, newly) end
  if batch.report then report(batch.report) end
  if not batch.more then redis.call('ZREM', key.awaited, batch.gate) end
  if batch.bye then
    redis.call('ZREM', key.gates, batch.gate)
    redis.call('HDEL', key.limits, batch.gate)
  end
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
