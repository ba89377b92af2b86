--[[
The ledger of one upstream service: who called it, who may, and who waits.

These files are one script, in the order of their numbers. Each run carries one
batch of one process's desk: settlements first, then questions. It is atomic
over all limits of the service, and may be run twice with the same batch.

KEYS   see keys.go, in the same order; all in one hash slot
  1 state    hash    the clock, the queue's counters, the far side's word
  2 calls    zset    call -> when it leaves the far side's window
  3 costs    hash    call -> what it counts for (see 2_window.lua)
  4 expiries hash    second -> tokens of the calls that leave in it
  5 queue    zset    ticket -> place: who waits, first to last
  6 backs    zset    ticket -> when its holder asks again
  7 tickets  hash    ticket -> what is known of it (see 4_queue.lua)
  8 turns    hash    class:user -> places taken in the round robin
  9 waiting  hash    user -> tickets in the queue
 10 gates    zset    process -> when it was last heard of
 11 awaited  zset    process that may have called without asking -> until when
                     it is waited for
 12 holds    zset    user -> until when the far side wants no calls of theirs
 13 daily    hash    user -> tokens used today
 14 loads    hash    user -> millionths of the limits they take
 15 limits   hash    process -> its limits: "requests user tokens daily"
 16 reply    string  this process's last batch number and its result
 17…         zset    a user's calls, as in calls; batch entries give the index

ARGV   1 the batch, JSON; its fields are those of type batch in batch.go.
         Durations and times are milliseconds. Times go over the wire only as
         distances from now, so that clocks need not agree.
       2 the channel on which a stop is made known, as its length; 0 only ends
         the right to call without asking

RESULT the answer, JSON; its fields are those of type reply in batch.go.
]]

local key = {
  state = KEYS[1], calls = KEYS[2], costs = KEYS[3], expiries = KEYS[4],
  queue = KEYS[5], backs = KEYS[6], tickets = KEYS[7], turns = KEYS[8],
  waiting = KEYS[9], gates = KEYS[10], awaited = KEYS[11], holds = KEYS[12],
  daily = KEYS[13], loads = KEYS[14], limits = KEYS[15], reply = KEYS[16],
}
local batch = cjson.decode(ARGV[1])
local timing = batch.timing

-- Lua would write large numbers with an exponent, and some zeros with a sign.
local function whole(n) return string.format('%.0f', n + 0) end

-- Lua has one kind of table, and the encoder takes an empty one for an object. A
-- list that may be empty is left out of an answer instead.
local function list(t) return #t > 0 and t or nil end

local state = {}
local function loadState()
  local flat = redis.call('HGETALL', key.state)
  for i = 1, #flat, 2 do state[flat[i]] = tonumber(flat[i + 1]) or flat[i + 1] end
end

local function saveState()
  local flat = {}
  for field, value in pairs(state) do
    flat[#flat + 1] = field
    if type(value) == 'number' and value == math.floor(value) then value = whole(value) end
    flat[#flat + 1] = tostring(value)
  end
  redis.call('HSET', key.state, unpack(flat))
end

-- The time of the ledger, in ms. It follows Redis's clock, but never goes back,
-- and does not leap further than the asking process saw time pass: since its last
-- batch, or, if the ledger does not know it, from the last run of any process on, since it began. A
-- clock that was set while nobody lived to notice is a ledger that was unused: its
-- calls count for what they have left. A batch may be under way for timing.trip: what
-- is run later, its process has given up.
local now
local lastRun -- when the ledger was used last; nil if it is new
local function readClock()
  lastRun = state.now
  local real = batch.now -- only tests set it
  if not real then
    local t = redis.call('TIME')
    real = t[1] * 1000 + math.floor(t[2] / 1000)
  end
  now = real + (state.skew or 0)
  local seen = tonumber(redis.call('ZSCORE', key.gates, batch.gate) or lastRun)
  if seen and now > seen + batch.elapsed + timing.trip then
    now = seen + batch.elapsed
  end
  now = math.max(now, state.now or now)
  state.skew, state.now = now - real, now
end
