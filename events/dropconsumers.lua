-- Removes consumers that hold nothing. Looking and removing in one step matters:
-- removing a consumer loses what it has pending.
--
-- KEYS[1]  the stream
-- ARGV[1]  the group
-- ARGV[2]  milliseconds for which a consumer must have been silent
-- ARGV[3]  the only consumer to look at, however silent, or '' for all
-- returns  how many were removed

local stream, group, silent, only = KEYS[1], ARGV[1], tonumber(ARGV[2]), ARGV[3]

if redis.call('EXISTS', stream) == 0 then return 0 end

local removed = 0
for _, info in ipairs(redis.call('XINFO', 'CONSUMERS', stream, group)) do
  local c = {}
  for i = 1, #info, 2 do c[info[i]] = info[i + 1] end
  local meant = only == '' and c.idle >= silent or c.name == only
  if meant and c.pending == 0 then
    redis.call('XGROUP', 'DELCONSUMER', stream, group, c.name)
    removed = removed + 1
  end
end
return removed
