-- Whose turn it is. Places are gone through in order: each takes the earliest
-- moment that all limits allow once those before it have theirs. A moment that
-- is near is given away for good; a later one is told, and the place kept.

-- whenAllowed returns the earliest moment all limits allow, and the limit that
-- decides. calls and tokens are what those before in the queue will take, and
-- leaves and tokenClock tell when there is room.
local function whenAllowed(ask, calls, tokens, leaves, tokenClock)
  local at, why = now, ''
  local function notBefore(t, limit)
    if t > at then at, why = t, limit end
  end
  notBefore(afterStop(calls + 1), 'stopped')
  notBefore(whenLeft('left', calls + 1, calls + 1), 'requests')
  notBefore(whenLeft('tokensLeft', tokens + ask.tokens, calls + 1), 'tokens')
  if limits.requests > 0 then
    local used = redis.call('ZCARD', key.calls)
    notBefore(underLess('left', limits.requests, function(limit)
      return whenFreed(key.calls, used + calls + 1 - limit, limit, leaves)
    end), 'requests')
  end
  if limits.tokens > 0 then
    local used = state.tokens or 0
    notBefore(underLess('tokensLeft', limits.tokens, function(limit)
      return tokenClock(used + tokens + math.min(ask.tokens, limit) - limit)
    end), 'tokens')
  end
  return at, why
end

-- Users who take a good part of the limits already are heavy. While there are
-- others, the calls of the heavy ones are spread evenly over what the others
-- leave: so whoever calls now and then finds the window neither full, nor full
-- of calls that all leave it at the same time.
local function isHeavy(ask)
  local load = tonumber(redis.call('HGET', key.loads, ask.name) or 0)
  return load >= math.max(timing.heavyLoad, timing.heavyCalls * loadOf(ask.tokens))
    and redis.call('HLEN', key.loads) > 1
end

-- interval returns how far apart heavy calls must be for one limit, given what
-- light users took of it so far in the window.
local function interval(limit, cost, light, age)
  if limit == 0 then return 0 end
  local left = math.max(limit * timing.fill - light * timing.window / age, limit * timing.heavyLeast)
  return timing.window * cost / left
end

-- spread returns how long after a heavy call the next may follow.
local function spread(tokens)
  if (state.lightCalls or 0) == 0 then return 0 end
  local oldest = redis.call('ZRANGE', key.calls, 0, 0, 'WITHSCORES')
  local age = now + timing.window - tonumber(oldest[2])
  age = math.min(math.max(age, timing.window / 12), timing.window)
  return math.max(
    interval(limits.requests, 1, state.lightCalls, age),
    interval(limits.tokens, tokens, state.lightTokens, age))
end

-- whenSpread returns when a heavy call may go, once so many others have.
local function whenSpread(ask, others)
  local gap = spread(ask.tokens * (state.used or 1))
  if gap == 0 then return now end
  return math.max(now, math.ceil((state.heavyAt or 0) + others * gap))
end

-- whenUserAllowed returns when the limits of the ask's user alone let it go,
-- once so many of their other calls have gone.
local function whenUserAllowed(ask, others)
  local at = heldUser(ask.name)
  if limits.user > 0 and ask.user then
    redis.call('ZREMRANGEBYSCORE', KEYS[ask.user], '-inf', whole(now))
    local need = redis.call('ZCARD', KEYS[ask.user]) + others + 1 - limits.user
    at = math.max(at, whenFreed(KEYS[ask.user], need, limits.user))
  end
  if ask.heavy then at = math.max(at, whenSpread(ask, others)) end
  return at
end

-- go gives an ask its turn for good.
local function go(ask, at)
  if ask.known then
    leaveQueue(ask.ticket)
    served(ask.place)
  end
  if ask.heavy then
    state.heavyAt = math.max(state.heavyAt or 0, at - timing.far) + spread(ask.tokens * (state.used or 1))
  end
  addCall(ask.call, at + timing.provisional, ask, ask.user)
  if limits.daily > 0 and ask.name ~= '' then
    redis.call('HINCRBY', key.daily, ask.name, whole(ask.tokens))
  end
  takeLeft('left', 1)
  takeLeft('tokensLeft', ask.tokens)
  if state.stopped and now < state.stopped + timing.ramp then state.ramp = (state.ramp or 0) + 1 end
  state.called = (state.called or 0) + 1
  state.spoken = (state.spoken or 0) + ask.tokens
  return {
    what = 'go', wait = math.ceil(at - now), nth = state.called, mark = state.spoken,
    free = limits.requests > 0 and limits.requests - redis.call('ZCARD', key.calls) or 0,
    tokensFree = limits.tokens > 0 and limits.tokens - state.tokens or 0,
  }
end

-- expectedTurn tells when an ask that cannot go now will be able to, from all
-- who are before it in the queue, whether they are present or sleep.
local function expectedTurn(ask, userAt)
  local before = redis.call('ZCOUNT', key.queue, '-inf', '(' .. whole(ask.place))
  local size = redis.call('ZCARD', key.queue)
  local mean = size > 0 and (state.wanted or 0) / size or 0
  local used = state.used or 1
  local at, why = whenAllowed(ask, before, before * mean * used, likelyLeaves, whenTokensExpected)
  if userAt <= now then return at, why end
  -- The holder of a place was told a moment of the user's own already.
  if ask.known then
    userAt = math.max(userAt, ask.told)
  else
    userAt = whenUserAllowed(ask, tonumber(redis.call('HGET', key.waiting, ask.name) or 0))
  end
  if userAt > at then return userAt, 'user' end
  return at, why
end

-- later tells an ask when its turn will be and keeps its place. A turn that is
-- not far is waited for in the process, which asks again just before it.
local function later(ask, at, why)
  if why == 'tokens' and not state.ended then
    -- Before any call could tell how much of its reserve it used, times would
    -- be far too late: nobody is sent away so soon.
    at = math.min(at, now + math.max(ask.wait, timing.near + 1), now + timing.far)
  end
  -- Once the shares of all processes are known, the limits are whole again.
  if (state.whole or 0) > now then at = math.min(at, state.whole) end
  local waits = at - now <= ask.wait
  local back = at - (waits and timing.near or math.min(timing.lead, ask.wait))
  if waits or ask.keep then
    keepPlace(ask, at, back, waits)
  else
    leaveQueue(ask.ticket)
  end
  local vain = ask.slept and not waits or nil
  return {what = waits and 'wait' or 'off', wait = math.ceil(math.max(back - now, timing.near / 5)), why = why, vain = vain}
end

local function overBudget(ask)
  if limits.daily == 0 or ask.name == '' then return false end
  return tonumber(redis.call('HGET', key.daily, ask.name) or 0) + ask.tokens > limits.daily
end

-- decide answers one ask. before holds what earlier places are to take; what
-- this one is to take is added.
local function decide(ask, before)
  if state.broke and now < state.broke then
    leaveQueue(ask.ticket)
    return {what = 'broke', wait = state.broke - now}
  end
  if overBudget(ask) then
    leaveQueue(ask.ticket)
    return {what = 'spent'}
  end
  ask.heavy = isHeavy(ask)
  local userAt = whenUserAllowed(ask, 0)
  local at, why = whenAllowed(ask, before.calls, before.tokens, nil, function(need)
    return whenTokensFreedExactly(need) or math.huge
  end)
  -- Calls under way will give tokens back: whoever takes a turn far ahead takes it
  -- later than need be.
  local far = ask.known and why ~= 'tokens'
  if math.max(at, userAt) <= now + (far and timing.far or timing.near) then
    return go(ask, math.max(at, userAt))
  end
  -- Who is held up by a limit of the user's own holds up nobody else.
  if at >= userAt then
    before.calls, before.tokens = before.calls + 1, before.tokens + ask.tokens
  end
  return later(ask, expectedTurn(ask, userAt))
end

-- answerAsks answers a batch's asks, in the order of their places.
local function answerAsks(asks)
  local asking, line, answers = {}, {}, {}
  for i, ask in ipairs(asks) do
    takePlace(ask)
    asking[ask.ticket], ask.index = true, i
    table.insert(line, ask)
  end
  for _, ticket in ipairs(expected(asking)) do table.insert(line, ticket) end
  table.sort(line, function(a, b)
    if a.place ~= b.place then return a.place < b.place end
    return a.ticket < b.ticket
  end)
  local before = {calls = 0, tokens = 0}
  for _, entry in ipairs(line) do
    if entry.index then
      answers[entry.index] = decide(entry, before)
    else
      before.calls, before.tokens = before.calls + 1, before.tokens + entry.tokens
    end
  end
  return answers
end
