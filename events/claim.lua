-- Takes over messages that have been pending for long.
--
-- How long is told by the clock of Redis, which may step: after a step back, those of
-- a dead consumer would not be taken over until the old time is reached again; after a
-- step forward, those that are being handled would be, at once. So a consumer notes
-- what is pending at each look. Once the clock is not what it should be, those messages
-- have been pending for as long as was noted and for the time since then, by the clock
-- of the consumer, and all others were delivered since then. Consumers that notice the
-- step later come to the same.
--
-- KEYS[1]   the stream
-- ARGV[1]   the group
-- ARGV[2]   the consumer that takes over
-- ARGV[3]   how long they must have been pending, in milliseconds
-- ARGV[4]   where to go on, '0-0' at first
-- ARGV[5]   how many to take over, at most
-- ARGV[6]   by how much the clock may be wrong, in milliseconds
-- ARGV[7]   how many pending messages to look at after a step, at most
-- ARGV[8]   how many to note, at most
-- ARGV[9]   how long ago the last look was, in milliseconds; 0 if there was none
-- ARGV[10]  what was noted then; '' if there was none
-- returns   {by how many milliseconds the clock has stepped or 0, where to go on or '0-0',
--           the messages, what to note: the time, and what is pending as XPENDING tells it}

local stream, group, since = KEYS[1], ARGV[1], tonumber(ARGV[9])
local said, noted = string.match(ARGV[10], '^(%d+) (.*)$')
local clock = redis.call('TIME')
local ms = clock[1] * 1000 + math.floor(clock[2] / 1000)
local step = said and ms - tonumber(said) - since or 0
local stepped = math.abs(step) > tonumber(ARGV[6])

local function idle_again(consumer, ids, idle)
  local args = {stream, group, consumer, 0, unpack(ids)}
  for _, arg in ipairs({'IDLE', idle, 'JUSTID'}) do table.insert(args, arg) end
  redis.call('XCLAIM', unpack(args))
end

-- correct gives pending messages the idle time that they would have without the step.
-- Who does not know of one corrects only those delivered in the future, of which Redis
-- says that they are not idle at all.
local function correct()
  local idle_by_now = {}
  for _, p in ipairs(stepped and cjson.decode(noted) or {}) do idle_by_now[p[1] .. ' ' .. p[4]] = p[3] + since end
  local page, from, looked, found = 1000, '-', 0, 1000
  while found == page and looked < tonumber(ARGV[7]) do
    local pending = redis.call('XPENDING', stream, group, from, '+', page)
    local new = {}
    for _, p in ipairs(pending) do
      local id, consumer, idle = p[1], p[2], p[3]
      from = '(' .. id
      local was = idle_by_now[id .. ' ' .. p[4]]
      if was then
        idle_again(consumer, {id}, was)
      elseif idle <= 0 or stepped and idle > since then
        new[consumer] = new[consumer] or {}
        table.insert(new[consumer], id)
      end
    end
    for consumer, ids in pairs(new) do idle_again(consumer, ids, 0) end
    found, looked = #pending, looked + page
  end
end

if stepped or not said then correct() end
local claimed = redis.call('XAUTOCLAIM', stream, group, ARGV[2], ARGV[3], ARGV[4], 'COUNT', ARGV[5])
local pending = redis.call('XPENDING', stream, group, '-', '+', ARGV[8])
return {stepped and step or 0, claimed[1], claimed[2], string.format('%.0f ', ms) .. cjson.encode(pending)}
