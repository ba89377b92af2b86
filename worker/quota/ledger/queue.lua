-- Who waits. A ticket is a place in the queue, kept for a piece of work while it
-- waits in a process or sleeps in the job queue. Readers come before work done
-- ahead, and what can be left undone comes last; within each, users are served round
-- robin, a few calls of each a round, as in start-time fair queueing: a user's next
-- place is in the present round, or in the one after their last place, whichever is later.
--
-- A ticket is stored as "place tokens sleeps user": its place in the queue, the tokens
-- it wants, and whether its holder sleeps in the job queue (1) or waits in a process (0).

local perRound = 4         -- calls of one user that are served in a round
local longestQueue = 50000 -- places that are kept
local firstPlace = {reader = 0, ahead = 2 ^ 51, last = 2 ^ 52} -- by class
local roundSize = 2 ^ 22   -- arrivals told apart within a round

-- startQueue begins anew when nobody waits, so that numbers stay small.
local function startQueue()
  if state.arrivals == 0 or redis.call('EXISTS', key.queue) == 1 then return end
  state.arrivals, state.reader, state.ahead, state.last, state.wanted = 0, 0, 0, 0, 0
  redis.call('DEL', key.turns, key.waiting, key.tickets, key.backs)
end

-- takePlace gives an ask the place it holds, or a new one. A turn in the round robin is
-- used up only by those who have to wait.
local taken = {} -- by asks of this batch
local function takePlace(ask)
  local kept = redis.call('HGET', key.tickets, ask.ticket)
  if kept then
    local place, slept = string.match(kept, '^(%S+) %S+ (%S+)')
    ask.known, ask.place, ask.slept = true, tonumber(place), slept == '1'
    return
  end
  local class = ask.last and 'last' or ask.ahead and 'ahead' or 'reader'
  ask.line = class .. ':' .. ask.name
  local turn = taken[ask.line] or tonumber(redis.call('HGET', key.turns, ask.line) or 0)
  turn = math.max(turn, (state[class] or 0) * perRound)
  taken[ask.line], ask.turn = turn + 1, turn + 1
  state.arrivals = ((state.arrivals or 0) + 1) % roundSize
  ask.place = firstPlace[class] + math.floor(turn / perRound) * roundSize + state.arrivals
end

-- keepPlace keeps an ask's place until its holder asks again.
local function keepPlace(ask, back, sleeps)
  if not ask.known then
    if redis.call('ZCARD', key.queue) >= longestQueue then return end
    redis.call('ZADD', key.queue, whole(ask.place), ask.ticket)
    redis.call('HSET', key.turns, ask.line, whole(ask.turn))
    redis.call('HINCRBY', key.waiting, ask.name, 1)
    add('wanted', ask.tokens)
  end
  redis.call('ZADD', key.backs, whole(back), ask.ticket)
  redis.call('HSET', key.tickets, ask.ticket, string.format('%.0f %.0f %d %s',
    ask.place, ask.tokens, sleeps and 1 or 0, ask.name))
end

-- leaveQueue gives up a ticket, if there is one.
local function leaveQueue(ticket)
  local kept = redis.call('HGET', key.tickets, ticket)
  if not kept then return end
  local tokens, user = string.match(kept, '^%S+ (%S+) %S+ (.*)$')
  redis.call('ZREM', key.queue, ticket)
  redis.call('ZREM', key.backs, ticket)
  redis.call('HDEL', key.tickets, ticket)
  if redis.call('HINCRBY', key.waiting, user, -1) <= 0 then redis.call('HDEL', key.waiting, user) end
  add('wanted', -tokens)
end

-- served moves the round on to that of the first place of the user who was served. Which of
-- a user's calls goes is nothing to the others: a later one may, while the first sleeps.
local function served(ask)
  local class = ask.place >= firstPlace.last and 'last' or ask.place >= firstPlace.ahead and 'ahead' or 'reader'
  local turns = redis.call('HGET', key.turns, class .. ':' .. ask.name) or 0
  local first = math.floor((turns - (redis.call('HGET', key.waiting, ask.name) or 0)) / perRound)
  state[class] = math.max(state[class] or 0, math.min(first, math.floor((ask.place - firstPlace[class]) / roundSize)))
end

-- dropLapsed drops the tickets whose holders did not come back. Work that sleeps in
-- a job queue may be late: its place is kept longer than its slot.
local function dropLapsed()
  if state.arrivals == 0 then return end
  for _, ticket in ipairs(redis.call('ZRANGEBYSCORE', key.backs, '-inf', whole(now - placeKept), 'LIMIT', 0, 500)) do
    leaveQueue(ticket)
  end
end

-- expected returns the tickets whose holders are about to ask or a little late, and
-- for whom a slot is kept, but for those that ask now.
local function expected(asking)
  local found = {}
  local tickets = redis.call('ZRANGEBYSCORE', key.backs, whole(now - slotKept), whole(now + near), 'LIMIT', 0, 1000)
  if #tickets == 0 then return found end
  for i, kept in ipairs(redis.call('HMGET', key.tickets, unpack(tickets))) do
    if not asking[tickets[i]] then
      local place, tokens = string.match(kept, '^(%S+) (%S+)')
      table.insert(found, {ticket = tickets[i], place = tonumber(place), tokens = tonumber(tokens)})
    end
  end
  return found
end
