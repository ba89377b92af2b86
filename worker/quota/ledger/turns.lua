-- Whose turn it is. Places are gone through in order: each takes the earliest
-- moment that all limits allow once those before it have theirs. A moment that is
-- near is given away for good; a later one is told, and the place kept.

local heavyLoad, heavyCalls = 50000, 10 -- a heavy user takes more: in millionths of the limits, and in calls
local fill = 0.98                       -- the part of the limits that heavy users may fill up to
local heavyLeast = 0.02                 -- and the part that is theirs however much the others call

-- whenRoom returns when a limit has room for one more, once those before it, calls
-- in number, have taken `before` of it. What is not sure is only the likely time: calls
-- under way will give back what they likely do not use, within about a second.
local function whenRoom(name, before, own, calls, sure)
  local limit, till = limitOf(name)
  if not limit then return now end
  local used, at, refund, leave = inUse(name), math.huge, 0, tokensLeave
  if name == 'requests' then
    leave = function(n) return callsLeave(key.calls, n) end
  elseif not sure then
    refund = (state.tokensFlying or 0) * (1 - (state.used or 1))
  end
  -- A call larger than our limit goes when the window is empty.
  if not till then own = math.min(own, limit) end
  local need = used + before + own - limit
  if need > 0 and need <= refund then
    at = now + 1000 * need / refund
  elseif limit > 0 then
    at = whenFreed(need - refund, used, limit, leave, sure)
  end
  -- By then the upstream's limit is whole again.
  if till then at = math.min(at, till + climb(calls + 1)) end
  return at
end

-- whenAllowed returns the earliest moment all limits allow, and the limit that
-- decides. calls and tokens are what those before in the queue will take.
local function whenAllowed(ask, calls, tokens, sure)
  local at, why = afterStop(calls + 1), 'stopped'
  local function notBefore(t, limit)
    if t > at then at, why = t, limit end
  end
  notBefore(whenRoom('requests', calls, 1, calls, sure), 'requests')
  notBefore(whenRoom('tokens', tokens, ask.tokens, calls, sure), 'tokens')
  return at, why
end

-- Users who take a good part of the limits already are heavy. While there are
-- others, the calls of the heavy ones are spread evenly over what the others leave:
-- so whoever calls now and then finds the window neither full, nor full of calls
-- that all leave it at the same time.
local function heavyFrom(ask) return math.max(heavyLoad, heavyCalls * loadOf(ask.tokens)) end
local function isHeavy(ask)
  return tonumber(redis.call('ZSCORE', key.loads, ask.name) or 0) >= heavyFrom(ask) and redis.call('ZCARD', key.loads) > 1
end

-- heavyUsers returns what all heavy users took of the limits, and how many calls of theirs wait.
local function heavyUsers(ask)
  local load, waiting = 0, 0
  local users = redis.call('ZRANGEBYSCORE', key.loads, whole(heavyFrom(ask)), '+inf', 'WITHSCORES')
  for i = 1, #users, 2 do
    load = load + users[i + 1]
    waiting = waiting + (redis.call('HGET', key.waiting, users[i]) or 0)
  end
  return load, waiting
end

-- gap returns how long after the last heavy call the next may follow, given what light
-- users took so far in the window, and what heavy ones did before they were heavy. It is
-- reckoned anew whenever somebody asks: what is known of a young log changes fast.
local function gap(ask)
  local light = (state.load or 0) - heavyUsers(ask)
  if light <= 0 then return 0 end
  local age = now + window - callsLeave(key.calls, 1)
  age = math.min(math.max(age, window / 60), window) -- of a young log, which knows no more
  local left = math.max(fill - light / 1e6 * window / age - math.max(0, (state.unspread or 0) - light) / 1e6, heavyLeast)
  return window * loadOf(ask.tokens * (state.used or 1)) / 1e6 / left
end

-- whenUserAllowed returns when the limits of the ask's user alone let it go,
-- once so many of their other calls have gone.
local function whenUserAllowed(ask, others)
  local at = heldUser(ask.name)
  if limits.user > 0 and ask.user then
    local set = KEYS[ask.user]
    redis.call('ZREMRANGEBYSCORE', set, '-inf', whole(now))
    local used = redis.call('ZCARD', set)
    at = math.max(at, whenFreed(used + others + 1 - limits.user, used, limits.user, function(n) return callsLeave(set, n) end, true))
  end
  if ask.heavy then at = math.max(at, math.ceil((state.lastHeavy or 0) + (others + 1) * gap(ask))) end
  return at
end

-- go gives an ask its turn for good.
local function go(ask, at)
  if ask.known then
    served(ask)
    leaveQueue(ask.ticket)
  end
  if ask.heavy then state.lastHeavy = math.max((state.lastHeavy or 0) + gap(ask), at - far) end
  local cost = {tokens = ask.tokens, heavy = ask.heavy or nil, name = ask.name, marks = {}}
  for name, amount in pairs({requests = 1, tokens = ask.tokens}) do
    local gone = add(name .. 'Gone', amount)
    cost.marks[name] = {gone = gone, ended = gone - (state[name .. 'Flying'] or 0)}
    if limits[name] > 0 then cost.marks[name].full = gone + limits[name] - inUse(name) - amount end
  end
  addCall(ask.call, at + provisional, cost, ask.user)
  if limits.daily > 0 and ask.name ~= '' then redis.call('HINCRBY', key.daily, ask.name, whole(ask.tokens)) end
  if state.stopped and now < state.stopped + ramp then add('ramp', 1) end
  return {what = 'go', wait = math.ceil(at - now)}
end

-- expectedTurn tells when an ask that cannot go now will be able to, from all
-- who are before it in the queue, whether they are present or sleep. Heavy users' calls do not
-- count: most of them go when the others leave room.
local function expectedTurn(ask, userAt)
  local before = redis.call('ZCOUNT', key.queue, '-inf', '(' .. whole(ask.place))
  if not ask.heavy then
    local _, waiting = heavyUsers(ask)
    before = math.max(before - waiting, 0)
  end
  local size = redis.call('ZCARD', key.queue)
  local mean = size > 0 and (state.wanted or 0) / size or 0
  local at, why = whenAllowed(ask, before, before * mean * (state.used or 1), false)
  -- A newcomer is told a moment after those that the user's other work was told.
  if userAt > now and not ask.known then
    userAt = whenUserAllowed(ask, tonumber(redis.call('HGET', key.waiting, ask.name) or 0))
  end
  if userAt > at then return userAt, 'user' end
  return at, why
end

-- later tells an ask when its turn will be and keeps its place. A turn that is
-- not far is waited for in the process, which asks again just before it.
local function later(ask, at, why)
  if why == 'tokens' and not state.used then
    -- Before any call could tell how much of its reserve it used, times would
    -- be far too late: nobody is sent away so soon.
    at = math.min(at, now + math.max(ask.wait, near + 1), now + far)
  end
  at = math.max(at, now + near)
  -- Once the shares of all processes are known, the limits are whole again.
  if (state.whole or 0) > now then at = math.min(at, state.whole) end
  local waits = at - now <= ask.wait
  local back = at - (waits and near or math.min(lead, ask.wait))
  if waits or ask.keep then
    keepPlace(ask, back, not waits)
  else
    leaveQueue(ask.ticket)
  end
  local spurious = ask.slept and not waits or nil
  return {what = waits and 'wait' or 'defer', wait = math.ceil(math.max(back - now, near / 5)), why = why, spurious = spurious}
end

local function overBudget(ask)
  if limits.daily == 0 or ask.name == '' then return false end
  return tonumber(redis.call('HGET', key.daily, ask.name) or 0) + ask.tokens > limits.daily
end

-- decide answers one ask. before holds what earlier places are to take; what
-- this one is to take is added.
local function decide(ask, before)
  if now < (state.noCredit or 0) then
    leaveQueue(ask.ticket)
    return {what = 'noCredit', wait = state.noCredit - now}
  end
  if overBudget(ask) then
    leaveQueue(ask.ticket)
    return {what = 'spent'}
  end
  ask.heavy = isHeavy(ask)
  local userAt = whenUserAllowed(ask, 0)
  local at, why = whenAllowed(ask, before.calls, before.tokens, true)
  -- Calls under way will give tokens back: whoever takes a turn far ahead takes it
  -- later than need be.
  local ahead = ask.known and why ~= 'tokens' and far or near
  if math.max(at, userAt) <= now + ahead then return go(ask, math.max(at, userAt)) end
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
