-- Drops the entries of a stream that every group has acknowledged. Nothing that
-- any group has pending or not yet read goes, as no group can change meanwhile.
--
-- KEYS[1]  the stream
-- ARGV[1]  most entries to drop exactly; of more, only whole nodes are dropped
-- returns  how many entries were dropped

local stream, exact = KEYS[1], tonumber(ARGV[1])

-- Replies that are maps arrive as flat lists in scripts.
local function field(list, name)
  for i = 1, #list, 2 do
    if list[i] == name then return list[i + 1] end
  end
end

-- Some servers write 5-0 as 5.
local function split(id)
  local ms, seq = string.match(id, '^(%d+)-?(%d*)$')
  return ms, seq == '' and '0' or seq
end

-- IDs are too large for Lua's numbers, so they are compared as digits.
local function before(a, b)
  local function less(x, y) return #x < #y or #x == #y and x < y end
  local ams, aseq = split(a)
  local bms, bseq = split(b)
  return less(ams, bms) or ams == bms and less(aseq, bseq)
end

-- The ID after id; where Lua cannot count that far, id itself, which keeps one
-- entry too many.
local function after(id)
  local ms, seq = split(id)
  if #seq > 15 then return id end
  return ms .. '-' .. string.format('%.0f', tonumber(seq) + 1)
end

if redis.call('XLEN', stream) == 0 then return 0 end

local keep
for _, info in ipairs(redis.call('XINFO', 'GROUPS', stream)) do
  local name, pending, read = field(info, 'name'), field(info, 'pending'), field(info, 'last-delivered-id')
  local first
  if pending > 0 then
    first = redis.call('XPENDING', stream, name)[2]
  else
    first = after(read)
  end
  if not keep or before(first, keep) then keep = first end
end
if not keep then return 0 end

if redis.call('XLEN', stream) > exact then
  return redis.call('XTRIM', stream, 'MINID', '~', keep, 'LIMIT', 1000000)
end
return redis.call('XTRIM', stream, 'MINID', keep)
