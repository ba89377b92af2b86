-- keepAlive lets all keys go when nobody has used the ledger for a while. It has to be
-- told so again now and then, and when there may be new ones.
local function keepAlive()
  if state.kept and now - state.kept < 60000 then return end
  state.kept = now
  for i = 1, 16 do redis.call('PEXPIRE', KEYS[i], whole(idle)) end
  redis.call('PEXPIRE', key.daily, 2 * 24 * 3600 * 1000)
end

local function run(last)
  if batch.epoch ~= '' and (batch.epoch ~= state.epoch or last < batch.answered) and not batch.away then
    return {again = true} -- the log is not the one the process knew, or has lost its last moments
  end
  state.epoch = state.epoch or batch.process .. ':' .. whole(batch.number)
  readClock()
  expireCalls()
  meet()
  startQueue()
  for _, s in ipairs(batch.settled or {}) do hear(s, settle(s)) end
  for _, ticket in ipairs(batch.released or {}) do leaveQueue(ticket) end
  dropLapsed()
  reduceByUntold()
  local result = {epoch = state.epoch, limits = held, mixed = mixed}
  if batch.asks or batch.settled or batch.away then state.kept = nil end
  if batch.asks then result.answers = answerAsks(batch.asks) end
  result.free = unhindered()
  if batch.beat then keepAlive() end
  if batch.beat and not batch.bye then result.snapshot = snapshot() end
  redis.call('SET', key.state, cjson.encode(state), 'PX', whole(idle))
  return result
end

-- A batch that was run already gets the same answer, and one that a later one
-- has overtaken gets none.
local last, answer = string.match(stored[2] or '', '^(%d+) (.*)$')
if last and tonumber(last) >= batch.number then
  return tonumber(last) == batch.number and answer or '{"again":true}'
end
answer = cjson.encode(run(tonumber(last) or 0))
redis.call('SET', key.reply, whole(batch.number) .. ' ' .. answer, 'PX', whole(10 * window))
return answer
