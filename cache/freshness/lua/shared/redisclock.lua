-- The time, for the scripts that follow this: all take it from the clock of Redis.
-- That clock may step, back as well, when another server takes over. So a counter
-- is never less than one more than it was, and tells no time; and a time that is
-- still to come has passed, nobody knows when.
local clock = redis.call('TIME')
local us = clock[1] * 1000000 + clock[2]
local ms = math.floor(us / 1000)
local function int(n) return string.format('%.0f', n) end

-- age returns how long ago it was, in ms; huge if nobody knows.
local function age(time)
  time = tonumber(time or nil)
  if not time or time > ms then return math.huge end
  return ms - time
end

-- left returns how much is left of a span since a time, in ms, 0 if nothing is.
local function left(span, time) return math.max(0, span - age(time)) end

-- alive says whether a lease has not ended. One that lasts longer than they do, where
-- that is told, was taken before the clock stepped back: whoever is alive takes it anew.
local function alive(lease, most)
  lease = tonumber(lease or nil)
  return lease and lease > ms and lease <= ms + (most or math.huge)
end

-- interested says whether a day was read less than so long ago. One that seems to be
-- read in the future may have been read just now; from here on it counts as that.
local function interested(state, read, most)
  read = tonumber(read or nil)
  if read and read > ms then
    read = ms
    redis.call('HSET', state, 'read', int(ms))
  end
  return age(read) < tonumber(most)
end
