-- Adds dead letters to their stream, and drops its oldest ones beyond a number and a
-- size. Each letter carries how many bytes all letters up to it had together, so that
-- two of them tell how large what lies between is.
--
-- KEYS  the stream of dead letters
-- ARGV  1 most letters, about  2 most bytes  then for each letter: how many names and
--       values it has, those in turn
-- Result OK
local function total(letter)
  local fields = letter and letter[2] or {}
  for i = 1, #fields, 2 do
    if fields[i] == 'dead_total' then return tonumber(fields[i + 1]) or 0 end
  end
  return 0
end

local sum = total(redis.call('XREVRANGE', KEYS[1], '+', '-', 'COUNT', 1)[1])
local at = 3
while at <= #ARGV do
  local values = {}
  for i = at + 1, at + ARGV[at] do
    values[#values + 1] = ARGV[i]
    sum = sum + #ARGV[i]
  end
  values[#values + 1] = 'dead_total'
  values[#values + 1] = string.format('%.0f', sum)
  redis.call('XADD', KEYS[1], 'MAXLEN', '~', ARGV[1], '*', unpack(values))
  at = at + 1 + ARGV[at]
end

local least = sum - ARGV[2]
local count = 1 -- mostly there is room
while true do
  local oldest = redis.call('XRANGE', KEYS[1], '-', '+', 'COUNT', count)
  count = 100
  local last
  for _, letter in ipairs(oldest) do
    last = letter
    if total(letter) > least then break end
  end
  if not last or total(oldest[1]) > least then break end
  redis.call('XTRIM', KEYS[1], 'MINID', last[1])
  if #oldest == 1 and total(oldest[1]) == sum then break end
end
return redis.status_reply('OK')
