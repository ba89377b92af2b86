-- keepAlive lets all keys go when nobody has used the ledger for a while.
local function keepAlive()
  for i = 1, 15 do redis.call('PEXPIRE', KEYS[i], whole(timing.idle)) end
  redis.call('PEXPIRE', key.daily, 2 * 24 * 3600 * 1000)
end

local function run()
  loadState()
  if state.epoch and batch.epoch ~= '' and batch.epoch ~= state.epoch and not batch.away
      or not state.epoch and batch.epoch ~= '' and not batch.away then
    return {again = true} -- the log is not the one the process knew
  end
  state.epoch = state.epoch or batch.gate .. ':' .. whole(batch.number)
  readClock()
  forgetCalls()
  meet()
  startQueue()
  for _, s in ipairs(batch.settled or {}) do
    hear(s)
    settleCall(s)
  end
  for _, ticket in ipairs(batch.left or {}) do leaveQueue(ticket) end
  dropLapsed()
  local result = {epoch = state.epoch, limits = held, mixed = mixed}
  if batch.asks then
    result.answers = list(answerAsks(batch.asks))
    result.free = quiet()
  end
  if batch.beat then keepAlive() end
  if batch.beat and not batch.bye then result.outlook = outlook() end
  saveState()
  return result
end

-- A batch that was run already gets the same answer, and one that a later one
-- has overtaken gets none.
local last, answer = string.match(redis.call('GET', key.reply) or '', '^(%d+) (.*)$')
if last and tonumber(last) >= batch.number then
  return tonumber(last) == batch.number and answer or '{"late":true}'
end
answer = cjson.encode(run())
redis.call('SET', key.reply, whole(batch.number) .. ' ' .. answer, 'PX', whole(10 * timing.window))
return answer
