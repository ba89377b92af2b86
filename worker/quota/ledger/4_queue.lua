-- Who waits. A ticket is a place in the queue, kept for a piece of work while
-- it waits in a process or sleeps in the job queue. Readers come before work
-- done ahead; within each, users are served round robin, a few calls of each a
-- round, as in start-time fair queueing: a user's next place is in the present
-- round, or in the one after their last place, whichever is later.
--
-- A ticket is stored as "place tokens told waits user": its place in the
-- queue, the tokens it wants, the time its holder was told, and whether the
-- holder waits in a process (1) or sleeps (0).

local aheadOfTime = 2 ^ 51 -- places of work done ahead start here
local roundSize = 2 ^ 22   -- arrivals told apart within a round

local function class(ask) return ask.ahead and 'ahead' or 'reader' end

-- startQueue begins anew when nobody waits, so that numbers stay small.
local function startQueue()
  if redis.call('EXISTS', key.queue) == 1 then return end
  state.arrivals, state.reader, state.ahead = 0, 0, 0
  redis.call('DEL', key.turns, key.waiting, key.tickets, key.backs)
end

-- takePlace gives an ask the place it holds, or a new one.
local taken = {}
local function takePlace(ask)
  local held = redis.call('ZSCORE', key.queue, ask.ticket)
  if held then
    ask.known, ask.place = true, tonumber(held)
    local told, waits = string.match(redis.call('HGET', key.tickets, ask.ticket), '^%S+ %S+ (%S+) (%S+)')
    ask.told, ask.slept = tonumber(told), waits == '0'
    return
  end
  local line = class(ask) .. ':' .. ask.name
  local turn = taken[line] or tonumber(redis.call('HGET', key.turns, line) or 0)
  turn = math.max(turn, (state[class(ask)] or 0) * timing.perRound)
  taken[line], ask.turn = turn + 1, turn + 1
  state.arrivals = ((state.arrivals or 0) + 1) % roundSize
  ask.place = math.floor(turn / timing.perRound) * roundSize + state.arrivals
  if ask.ahead then ask.place = ask.place + aheadOfTime end
end

-- keepPlace keeps an ask's place until its holder asks again.
local function keepPlace(ask, told, back, waits)
  if not ask.known then
    if redis.call('ZCARD', key.queue) >= timing.maxQueue then return end
    redis.call('ZADD', key.queue, whole(ask.place), ask.ticket)
    redis.call('HSET', key.turns, class(ask) .. ':' .. ask.name, whole(ask.turn))
    redis.call('HINCRBY', key.waiting, ask.name, 1)
    state.wanted = (state.wanted or 0) + ask.tokens
  end
  redis.call('ZADD', key.backs, whole(back), ask.ticket)
  redis.call('HSET', key.tickets, ask.ticket, string.format('%.0f %.0f %.0f %d %s',
    ask.place, ask.tokens, told, waits and 1 or 0, ask.name))
end

-- leaveQueue gives up a ticket. It returns its place, or nil if there was none.
local function leaveQueue(ticket)
  local kept = redis.call('HGET', key.tickets, ticket)
  if not kept then return end
  local place, tokens, user = string.match(kept, '^(%S+) (%S+) %S+ %S+ (.*)$')
  redis.call('ZREM', key.queue, ticket)
  redis.call('ZREM', key.backs, ticket)
  redis.call('HDEL', key.tickets, ticket)
  if redis.call('HINCRBY', key.waiting, user, -1) <= 0 then redis.call('HDEL', key.waiting, user) end
  state.wanted = state.wanted - tokens
  return tonumber(place)
end

-- served moves the round on to that of a place that was served.
local function served(place)
  local name = 'reader'
  if place >= aheadOfTime then name, place = 'ahead', place - aheadOfTime end
  state[name] = math.max(state[name] or 0, math.floor(place / roundSize))
end

-- dropLapsed drops the tickets whose holders did not come back. Work that
-- sleeps in a job queue may be late: its place is kept longer than its slot.
local function dropLapsed()
  local lapsed = redis.call('ZRANGEBYSCORE', key.backs, '-inf', whole(now - timing.hold), 'WITHSCORES', 'LIMIT', 0, 500)
  for i = 1, #lapsed, 2 do
    local waits = string.match(redis.call('HGET', key.tickets, lapsed[i]), '^%S+ %S+ %S+ (%S+)')
    if waits == '1' or tonumber(lapsed[i + 1]) < now - timing.keep then leaveQueue(lapsed[i]) end
  end
end

-- expected returns the tickets whose holders are about to ask or a little late,
-- and for whom a slot is kept, but for those that ask now.
local function expected(asking)
  local found = {}
  local tickets = redis.call('ZRANGEBYSCORE', key.backs, whole(now - timing.hold), whole(now + timing.near), 'LIMIT', 0, 1000)
  if #tickets == 0 then return found end
  for i, kept in ipairs(redis.call('HMGET', key.tickets, unpack(tickets))) do
    if not asking[tickets[i]] then
      local place, tokens = string.match(kept, '^(%S+) (%S+)')
      table.insert(found, {ticket = tickets[i], place = tonumber(place), tokens = tonumber(tokens)})
    end
  end
  return found
end
