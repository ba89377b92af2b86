-- Finds messages of one user that a group has not acknowledged, and changes nothing. It
-- looks at so many at most: of those delivered the oldest, of the others half of the oldest
-- and half of the newest.
--
-- KEYS  stream
-- ARGV  1 group  2 user  3 how many to look at of each, at most  4 how many bytes, about
-- Result {} if there is no such group; else {delivered and not acknowledged by anybody, not
--       delivered, -1 if nobody knows, "1" if there are more than were looked at, then for
--       each message found: ID, consumer or "", ms since it was delivered, deliveries}
if redis.call('EXISTS', KEYS[1]) == 0 then return {} end
local group
for _, info in ipairs(redis.call('XINFO', 'GROUPS', KEYS[1])) do
  local g = {}
  for i = 1, #info, 2 do g[info[i]] = info[i + 1] end
  if g.name == ARGV[1] then group = g end
end
if not group then return {} end

local most, room, more = tonumber(ARGV[3]), tonumber(ARGV[4]), false
-- ours says whether an entry is the user's.
local function ours(entry)
  local found = false
  for i = 1, #entry[2], 2 do
    room = room - #entry[2][i] - #entry[2][i + 1]
    if entry[2][i] == 'user' then found = entry[2][i + 1] == ARGV[2] end
  end
  return found
end

local result = {tostring(group.pending), tostring(group.lag or -1), ''}
local function found(id, consumer, idle, deliveries)
  for _, v in ipairs({id, consumer, idle, deliveries}) do result[#result + 1] = tostring(v) end
end

local pending = redis.call('XPENDING', KEYS[1], ARGV[1], '-', '+', most)
more = #pending < group.pending
for _, p in ipairs(pending) do
  if room <= 0 then
    more = true
    break
  end
  local entry = redis.call('XRANGE', KEYS[1], p[1], p[1])[1]
  if entry and ours(entry) then found(p[1], p[2], p[3], p[4]) end
end

-- walk looks at what is not delivered, from one end on, in pieces.
local seen = {}
local function walk(command, from, to, count)
  while count > 0 and room > 0 do
    local entries = redis.call(command, KEYS[1], from, to, 'COUNT', math.min(count, 20))
    for _, entry in ipairs(entries) do
      if seen[entry[1]] then return true end
      seen[entry[1]] = true
      if ours(entry) then found(entry[1], '', 0, 0) end
      from = '(' .. entry[1]
    end
    count = count - #entries
    if #entries < 20 then return #entries == 0 or redis.call(command, KEYS[1], from, to, 'COUNT', 1)[1] == nil end
  end
  return false
end
local after = '(' .. group['last-delivered-id']
if not walk('XRANGE', after, '+', most / 2) and not walk('XREVRANGE', '+', after, most / 2) then more = true end
result[3] = more and '1' or ''
return result
