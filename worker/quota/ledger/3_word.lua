-- What the far side says of its limits counts for all processes.

-- stop holds all calls until a time. After it the rate doubles each second.
local function stop(till)
  if till <= (state.stopped or 0) then return end
  state.stopped, state.ramp, state.stopCall = till, 0, state.called or 0
  redis.call('PUBLISH', ARGV[2], whole(till - now))
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

-- heardLeft hears how much the far side had left of one of its limits when it
-- had seen this call. Calls let go since are taken off. It matters only if it
-- is less than the ledger thinks, by more than calls in flight can explain.
local function heardLeft(name, s, left, reset, since, free, flying)
  if free and left - since >= free - flying then return end
  local known = state[name] and now < state[name .. 'Until']
  if known and s.nth < state[name .. 'Call'] then return end
  state[name], state[name .. 'Until'], state[name .. 'Call'] = math.max(0, left - since), now + reset, s.nth
  -- More were let go than it will take: those not sent yet are called back.
  if left < since then stop(now + reset) end
end

local function hear(s)
  local word = s.word
  if not word then return end
  if word.broke then
    state.broke = now + timing.broke
  elseif word.refused then
    refused(s)
  elseif s.nth > (state.stopCall or 0) then
    state.refusals = 0
  end
  if word.left then
    local free = limits.requests > 0 and limits.requests - redis.call('ZCARD', key.calls)
    local flying = redis.call('ZCOUNT', key.calls, whole(now + timing.window), '+inf')
    heardLeft('left', s, word.left, word.reset, (state.called or 0) - s.nth, free, flying)
  end
  if word.tokensLeft then
    local free = limits.tokens > 0 and limits.tokens - (state.tokens or 0)
    local since = (state.spoken or 0) - s.mark
    heardLeft('tokensLeft', s, word.tokensLeft, word.tokensReset, since, free, since + (s.tokens or 0))
  end
end

-- whenLeft returns when the nth call from now, which with those before it takes
-- so much of what is left, may go. Those too many come back one by one.
local function whenLeft(name, need, nth)
  local left, till = state[name], state[name .. 'Until']
  if not left or now >= till or need <= left then return now end
  return till + math.min(math.ceil(1000 * math.log(nth) / math.log(2)), timing.ramp)
end

local function takeLeft(name, amount)
  if state[name] then state[name] = math.max(0, state[name] - amount) end
end

-- heldUser returns until when the far side wants no calls of a user.
local function heldUser(name)
  local till = name and redis.call('ZSCORE', key.holds, name)
  return till and tonumber(till) or now
end
