-- The processes that share the limits. One that loses Redis goes on with its share
-- of them, and tells afterwards what it did. Until all have told, or a window has
-- passed, what the others can have done is taken to be done.

-- What a process does at once in degraded mode, at least and as a part of its share;
-- the rest it takes evenly over a window (see degraded.go).
local degradedCalls, degradedBurst = 8, 1 / 12

-- lowest has the lowest limits of each kind hold, of all that the processes have.
local mixed = false
local function lowest(all)
  held, limits = {requests = 0, user = 0, tokens = 0, daily = 0}, {}
  for _, packed in pairs(all) do
    for kind, limit in pairs(cjson.decode(packed)) do
      mixed = mixed or limit ~= batch.limits[kind]
      if limit > 0 and (held[kind] == 0 or limit < held[kind]) then held[kind] = limit end
    end
  end
  for kind, limit in pairs(held) do limits[kind] = limit end
end

-- allLimits returns the limits of each process.
local function allLimits()
  local all, flat = {}, redis.call('HGETALL', key.limits)
  for i = 1, #flat, 2 do all[flat[i]] = flat[i + 1] end
  return all
end

-- agree takes note of this process's limits. While the processes' limits differ,
-- the lowest of each kind hold for all.
local function agree()
  local own, all = cjson.encode(batch.limits), allLimits()
  if all[batch.process] ~= own then
    all[batch.process] = own
    redis.call('HSET', key.limits, batch.process, own)
    redis.call('PUBLISH', ARGV[2], '0')
  end
  lowest(all)
end

-- anyAwaited says whether processes may be awaited: those are owed for, if it is nothing.
local function anyAwaited() return state.owes or batch.away or not lastRun end

-- forgetEnded forgets processes that ended. The limits of those that are awaited are
-- kept.
local function forgetEnded()
  local ended = redis.call('ZRANGEBYSCORE', key.processes, '-inf', whole(now - member))
  local awaited = anyAwaited() and redis.call('ZRANGEBYSCORE', key.awaited, '-inf', whole(now)) or {}
  for _, process in ipairs(awaited) do
    redis.call('ZREM', key.awaited, process)
    if not redis.call('ZSCORE', key.processes, process) then table.insert(ended, process) end
  end
  for _, process in ipairs(ended) do
    redis.call('ZREM', key.processes, process)
    if not redis.call('ZSCORE', key.awaited, process) then redis.call('HDEL', key.limits, process) end
  end
end

-- awaitOthers hears of a process that had lost Redis. If it was Redis that was away,
-- nobody was heard of since, but for the beat it may take to notice: then all who
-- were there are awaited. Who was silent for some beats before has ended. If the
-- ledger is another than the process knew, it has forgotten all the others.
-- awaitOthers returns whom it awaits, since when Redis was away, and whether 'all' calls
-- from before are forgotten, or those of the 'last' moments, which a Redis that crashes
-- has not on its disk. Redis answered until lastRun, as far as it knows.
local function awaitOthers()
  local gone = now - batch.away
  if batch.away < 0 then gone = lastRun or now end -- it never knew the ledger
  local emptied = batch.members and batch.epoch ~= state.epoch
  for _, process in ipairs(redis.call('ZRANGEBYSCORE', key.processes, whole(gone + beat), '+inf')) do
    if process ~= batch.process and not emptied then return {} end
  end
  local answered, newly = math.max(gone, lastRun or gone), {}
  local others = redis.call('ZRANGE', key.processes, 0, -1)
  for _, process in ipairs(batch.members or {}) do table.insert(others, process) end
  -- Who was awaited when Redis was lost anew could not come back since.
  local awaited = redis.call('ZRANGEBYSCORE', key.awaited, whole(answered), '+inf')
  for _, process in ipairs(awaited) do
    table.insert(others, process)
    awaited[process] = true
  end
  for _, process in ipairs(others) do
    local seen = tonumber(redis.call('ZSCORE', key.processes, process) or nil)
    local ended = seen and seen < answered - 2 * beat and not awaited[process]
    local back = seen and seen >= gone + beat
    if process ~= batch.process and not ended and not back then
      redis.call('ZADD', key.awaited, awaited[process] and 'GT' or 'NX', whole(now + provisional), process)
      table.insert(newly, process)
      redis.call('HSETNX', key.limits, process, cjson.encode(batch.held or batch.limits))
    end
  end
  if emptied or not lastRun then return newly, answered, 'all' end
  return newly, answered, lastRun < gone - beat and 'last'
end

-- owe notes what each process that is awaited since an outage can have called that the
-- ledger does not know: its share, as far as it may have used it by now, at the pace of
-- degraded mode, until it notices that Redis is back. If the ledger has forgotten all
-- calls from before, it is all of a share; if the last ones, so many as all processes
-- made, at the most of their pace in the window before, in the time of which it knows
-- nothing. Of two outages soon after each other, the one in which it is more counts.
local mostOfPace = 4
local function owe(processes, since, forgotten)
  local sharers = batch.members and #batch.members or #processes + 1
  local away = now - since + tripTime + 500 -- it takes a trip to notice
  local each = {}
  for name, limit in pairs(held) do
    local part, least = limit / sharers, name == 'tokens' and 0 or degradedCalls
    each[name] = math.floor(part)
    if forgotten == 'last' and name ~= 'user' then
      local made = name == 'tokens' and (state.tokens or 0) or redis.call('ZCARD', key.calls)
      local unknown = math.max(0, now - lastRun) + tripTime
      each[name] = math.min(each[name], math.max(least, math.ceil(mostOfPace * made * unknown / window)))
    elseif not forgotten then
      each[name] = math.min(batch.share and batch.share[name] or each[name],
        math.max(least, math.ceil(part * (degradedBurst + away / window))))
    end
  end
  state.owes = state.owes or {}
  for _, process in ipairs(processes) do
    local before = state.owes[process] or {}
    local most = {}
    for name, owed in pairs(each) do most[name] = math.max(owed, before[name] or 0) end
    state.owes[process] = most
  end
end

-- reduceLimits takes off the limits what the processes not heard of yet can have
-- called that the ledger does not know.
local function reduceLimits()
  local awaited, owes = anyAwaited() and redis.call('ZRANGE', key.awaited, 0, -1) or {}, state.owes or {}
  state.owes, state.whole = nil, nil
  if #awaited == 0 then return end
  state.owes, state.whole = {}, tonumber(redis.call('ZRANGE', key.awaited, -1, -1, 'WITHSCORES')[2])
  local owed = {requests = 0, user = 0, tokens = 0, daily = 0}
  for _, process in ipairs(awaited) do
    state.owes[process] = owes[process]
    for name, n in pairs(owes[process] or {}) do owed[name] = owed[name] + n end
  end
  for name, limit in pairs(held) do
    -- Whoever is here has a share, too: at least one, or there would be none to
    -- wait for.
    if name ~= 'daily' and limit > 0 then
      limits[name] = math.max(1, math.floor(limit / (#awaited + 1)), limit - owed[name])
    end
  end
end

-- noteUsed notes what was used when the process last heard of a ledger that has forgotten it.
local function noteUsed()
  local at = now - batch.used.age
  if not state.usedBefore or at > state.usedBefore.at then
    state.usedBefore = {at = at, requests = batch.used.calls, tokens = batch.used.tokens}
  end
end

-- untold returns how much of that is in the window, and has not been told again: the calls of
-- processes that were gone by then. It returns, too, when the last of it leaves.
local function untold(name)
  local used, again, upTo, till = 0, 0, state.usedBefore.at + window + far, now
  for i, n in ipairs(state.usedBefore[name]) do
    local leaves = state.usedBefore.at + i * 1000
    if n > 0 and leaves > now then used, till = used + n, leaves end
  end
  if name == 'requests' then
    again = redis.call('ZCOUNT', key.calls, '-inf', whole(upTo))
  else
    for _, expiry in ipairs(tokenExpiries()) do
      if expiry.at <= upTo then again = again + expiry.tokens end
    end
  end
  return math.max(0, used - again), till
end

-- reduceByUntold takes that off the limits, which are whole again once it has left the window.
local function reduceByUntold()
  if not state.usedBefore then return end
  if now > state.usedBefore.at + provisional + far then state.usedBefore = nil; return end
  for _, name in ipairs({'requests', 'tokens'}) do
    local off, till = untold(name)
    if off > 0 and limits[name] > 0 then
      limits[name] = math.min(limits[name], math.max(1, held[name] - off))
      state.whole = math.max(state.whole or 0, till)
    end
  end
end

-- meet takes note of the process and what it tells of itself. If nobody was heard of for some
-- beats, Redis stood still: those who did not go on without it, and noticed nothing.
local function meet()
  local newly, since, forgotten = {}, nil, nil
  if lastRun and now - lastRun > 2 * beat then batch.away = batch.away or now - lastRun end
  if batch.away then newly, since, forgotten = awaitOthers() end
  if forgotten == 'all' and batch.used then noteUsed() end
  if redis.call('ZADD', key.processes, whole(now), batch.process) == 1 then state.kept = nil end
  forgetEnded()
  agree()
  if #newly > 0 then owe(newly, since, forgotten) end
  if anyAwaited() and not batch.more then redis.call('ZREM', key.awaited, batch.process) end
  if batch.bye then
    redis.call('ZREM', key.processes, batch.process)
    redis.call('HDEL', key.limits, batch.process)
  end
  reduceLimits()
end

-- mostBusy bounds how many busy users a snapshot names. They are few: half of the limits of all
-- of them is no more than the calls of two windows.
local mostBusy = 1000

-- busyUsers returns the users who are not to be called without Redis, as they used over half of
-- their own limit in a window that ended less than one ago, or as the upstream wants no calls
-- of theirs, and for how long; nil if there is none.
local function busyUsers()
  if (state.busyTill or 0) <= now then return nil end
  local users = {}
  for _, set in ipairs({key.busy, key.holds}) do
    redis.call('ZREMRANGEBYSCORE', set, '-inf', whole(now))
    local flat = redis.call('ZREVRANGE', set, 0, mostBusy - 1, 'WITHSCORES')
    for i = 1, #flat, 2 do users[flat[i]] = math.max(users[flat[i]] or 0, math.ceil(flat[i + 1] - now)) end
  end
  return next(users) and users or nil
end

-- snapshot is what a process has to know to go on without Redis: who shares, those who are
-- awaited included, how much is used, what leaves the window in each second from now, and
-- which users are busy.
local function snapshot()
  local calls, tokens = {}, {}
  for i = 1, math.ceil((far + provisional + tick) / 1000) do calls[i], tokens[i] = 0, 0 end
  local counted, first = 0, redis.call('ZRANGE', key.calls, 0, 0, 'WITHSCORES')
  while #first > 0 do
    local i = math.min(math.ceil((first[2] - now) / 1000), #calls)
    local upTo = i == #calls and '+inf' or whole(now + i * 1000)
    calls[i] = redis.call('ZCOUNT', key.calls, '-inf', upTo) - counted
    counted = counted + calls[i]
    first = redis.call('ZRANGE', key.calls, counted, counted, 'WITHSCORES')
  end
  for _, expiry in ipairs(counted > 0 and tokenExpiries() or {}) do
    local i = math.min(math.ceil((expiry.at - now) / 1000), #tokens)
    tokens[i] = tokens[i] + expiry.tokens
  end
  local members = redis.call('ZRANGE', key.processes, 0, -1)
  for _, process in ipairs(anyAwaited() and redis.call('ZRANGE', key.awaited, 0, -1) or {}) do
    if not redis.call('ZSCORE', key.processes, process) then table.insert(members, process) end
  end
  return {members = members, calls = calls, tokens = tokens, busy = busyUsers()}
end
