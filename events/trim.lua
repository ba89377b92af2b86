-- Drops the entries of a stream that every group has acknowledged. Nothing that
-- any group has pending or not yet read goes, as no group can change meanwhile.
--
-- KEYS[1]  the stream
-- ARGV[1]  the group whose backlog is asked for
-- ARGV[2]  most entries to drop exactly; of more, only whole nodes are dropped
-- returns  {entries dropped, entries the group has pending or not yet read}

local stream, group, exact = KEYS[1], ARGV[1], tonumber(ARGV[2])

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

if redis.call('XLEN', stream) == 0 then return {0, 0} end

local newest = field(redis.call('XINFO', 'STREAM', stream), 'last-generated-id')
local keep, backlog
for _, info in ipairs(redis.call('XINFO', 'GROUPS', stream)) do
  local name, pending, read = field(info, 'name'), field(info, 'pending'), field(info, 'last-delivered-id')
  local first
  if pending > 0 then
    first = redis.call('XPENDING', stream, name)[2]
  else
    first = after(read)
  end
  if not keep or before(first, keep) then keep = first end
  if name == group then
    local lag = field(info, 'lag')
    if read == newest then lag = 0 end
    backlog = lag and pending + lag
  end
end
if not keep then return {0, 0} end

local dropped
if redis.call('XLEN', stream) > exact then
  dropped = redis.call('XTRIM', stream, 'MINID', '~', keep, 'LIMIT', 1000000)
else
  dropped = redis.call('XTRIM', stream, 'MINID', keep)
end

-- The lag is unknown after entries were deleted by hand, and some servers count
-- in what was acknowledged; no more can wait than there is.
local waiting = redis.call('XLEN', stream)
if backlog then waiting = math.min(waiting, backlog) end
return {dropped, waiting}
