-- What the far side says of its limits counts for all processes.

-- stop holds all calls until a time. After it the rate doubles each second.
local function stop(till)
  if till <= (state.stopped or 0) then return end
  state.stopped, state.ramp, state.stopCall = till, 0, state.called or 0
  redis.call('PUBLISH', ARGV[2], whole(till - now))
end

-- callBack takes back the turns that were given and not used yet: their calls
-- ask again at once.
local function callBack()
  redis.call('PUBLISH', ARGV[2], whole(timing.far + 100))
end

-- endPasses makes calls ask again that need not where nothing is limited.
local function endPasses()
  if unlimited then redis.call('PUBLISH', ARGV[2], '0') end
end

-- afterStop returns when the nth call from now may go, as far as a stop goes.
local function afterStop(n)
  if not state.stopped or now >= state.stopped + timing.ramp then return now end
  local pause = 1000 * math.log((state.ramp or 0) + n) / math.log(2)
  return math.max(now, state.stopped + math.ceil(math.min(pause, timing.ramp)))
end

-- refused hears that the far side turned a call away.
local function refused(s)
  local word = s.word
  if word.user then
    if s.name then
      redis.call('ZREMRANGEBYSCORE', key.holds, '-inf', whole(now))
      redis.call('ZADD', key.holds, whole(now + (word.hold or timing.userHold)), s.name)
    end
    return
  end
  local hold = word.hold
  if not hold then
    -- Calls that were under way when it stopped us say nothing new.
    if s.nth > (state.stopCall or 0) then state.refusals = (state.refusals or 0) + 1 end
    hold = math.min(1000 * 2 ^ ((state.refusals or 1) - 1), timing.maxHold)
  end
  stop(now + hold)
end

-- sameTime is by how much processes may be wrong about when an answer came.
local sameTime = 100

-- heardLeft hears how much the far side had left of one of its limits when it
-- answered this call. free is what the ledger had left when it let the call go,
-- and since what it has let go after it: the far side may have counted those,
-- but nothing else. So it had at least free - since, or somebody else calls it
-- too, or its limit is lower than ours. Then all that was let go since, and all
-- that is under way, is taken to be yet to come, until a later answer says better;
-- and what is left is
--   where we have a limit   NAMELess than what the ledger thinks
--   where we have none      NAME
-- Of answers at about the same time nobody knows which is the later: the one that
-- leaves less counts.
local function heardLeft(name, s, left, reset, since, flying, free, limit, used)
  local before, said = state[name .. 'Said'] or 0, now - s.ago
  if said < before - sameTime then return end
  local together = said < before + sameTime
  if not together then state[name .. 'Said'] = said end
  state[name .. 'Until'] = now + reset
  local coming = math.max(since, flying)
  if limit == 0 then
    local rest = math.max(0, left - coming)
    state[name] = together and math.min(rest, state[name] or rest) or rest
    if left < coming then stop(now + reset) end
    return
  end
  local less = 0
  if left < free - since then
    less = math.max(0, limit - used - math.max(0, left - coming))
    if left < coming then callBack() end
  end
  state[name .. 'Less'] = together and math.max(less, state[name .. 'Less'] or 0) or less
end

local function hear(s)
  local word = s.word
  if not word then return end
  if word.broke or word.refused or word.left or word.tokensLeft then endPasses() end
  if word.broke then
    state.broke = now + timing.broke
  elseif word.refused then
    refused(s)
  elseif s.nth > (state.stopCall or 0) then
    state.refusals = 0
  end
  if word.left then
    local flying = redis.call('ZCOUNT', key.calls, whole(now + timing.window), '+inf') - 1
    heardLeft('left', s, word.left, word.reset, (state.called or 0) - s.nth + (s.flying or 0), flying, s.free,
      limits.requests, redis.call('ZCARD', key.calls))
  end
  if word.tokensLeft then
    heardLeft('tokensLeft', s, word.tokensLeft, word.tokensReset, (state.spoken or 0) - s.mark, 0, s.tokensFree,
      limits.tokens, state.tokens or 0)
  end
end

-- whenLeft returns when the nth call from now, which with those before it takes
-- so much, may go where only the far side limits us. Those too many come back
-- one by one.
local function whenLeft(name, need, nth)
  local left, till = state[name], state[name .. 'Until']
  if not left or now >= till or need <= left then return now end
  return till + math.min(math.ceil(1000 * math.log(nth) / math.log(2)), timing.ramp)
end

-- underLess returns when there is room under a limit of which the far side has
-- less than the ledger thinks: roomAt tells it for the rest of the limit. When
-- the far side has said that all of it is back, the whole of it counts.
local function underLess(name, limit, roomAt)
  local less, till = state[name .. 'Less'] or 0, state[name .. 'Until']
  if less == 0 or now >= till then return roomAt(limit) end
  if less >= limit then return till end
  return math.min(till, roomAt(limit - less))
end

local function takeLeft(name, amount)
  if state[name] then state[name] = math.max(0, state[name] - amount) end
end

-- heldUser returns until when the far side wants no calls of a user.
local function heldUser(name)
  local till = name and redis.call('ZSCORE', key.holds, name)
  return till and tonumber(till) or now
end

-- quiet reports whether nothing is limited and nobody held up or in line.
local function quiet()
  local function inForce(name) return state[name] and now < (state[name .. 'Until'] or 0) end
  return unlimited and now >= (state.broke or 0) and now >= (state.stopped or -timing.ramp) + timing.ramp
    and not inForce('left') and not inForce('tokensLeft')
    and redis.call('EXISTS', key.queue) == 0
    and redis.call('ZCOUNT', key.holds, '(' .. whole(now), '+inf') == 0
end
