-- Takes over messages that have been pending for long.
--
-- How long is told by the clock of Redis, which may step: after a step back, those of
-- a dead consumer would not be taken over until the old time is reached again; after a
-- step forward, those that are being handled would be, at once. So the idle time of
-- pending messages begins anew when the clock is not what it should be.
--
-- KEYS[1]  the stream
-- ARGV[1]  the group
-- ARGV[2]  the consumer that takes over
-- ARGV[3]  how long they must have been pending, in milliseconds
-- ARGV[4]  where to go on, '0-0' at first
-- ARGV[5]  how many to take over, at most
-- ARGV[6]  what the clock should say, in milliseconds; '' if nobody knows
-- ARGV[7]  by how much it may be wrong, in milliseconds
-- ARGV[8]  how many pending messages to look at after a step, at most
-- returns  {the time in milliseconds, 1 if it has stepped, where to go on or '0-0',
--          the messages}

local stream, group, expected = KEYS[1], ARGV[1], tonumber(ARGV[6])
local clock = redis.call('TIME')
local ms = clock[1] * 1000 + math.floor(clock[2] / 1000)
local stepped = expected and math.abs(ms - expected) > tonumber(ARGV[7])

-- restart lets messages be idle from now on, each with its consumer: all of them, or
-- those delivered in the future, of which Redis says that they are not idle at all.
local function restart(all)
  local page, from, looked, found = 1000, '-', 0, 1000
  while found == page and looked < tonumber(ARGV[8]) do
    local pending = redis.call('XPENDING', stream, group, from, '+', page)
    local ids = {}
    for _, p in ipairs(pending) do
      local id, consumer, idle = p[1], p[2], p[3]
      from = '(' .. id
      if all or idle <= 0 then
        ids[consumer] = ids[consumer] or {}
        table.insert(ids[consumer], id)
      end
    end
    for consumer, list in pairs(ids) do
      table.insert(list, 'JUSTID')
      redis.call('XCLAIM', stream, group, consumer, 0, unpack(list))
    end
    found, looked = #pending, looked + page
  end
end

if stepped or not expected then restart(stepped) end
if stepped then return {ms, 1, '0-0', {}} end
local claimed = redis.call('XAUTOCLAIM', stream, group, ARGV[2], ARGV[3], ARGV[4], 'COUNT', ARGV[5])
return {ms, 0, claimed[1], claimed[2]}
