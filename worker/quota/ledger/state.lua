--[[
The ledger of one upstream service: who called it, who may, and who waits. The parts
are joined to one script, in the order of the list in batch.go.

Each run carries one batch of one process: settlements first, then requests for a
turn. It is atomic over all limits of the service, and may be run twice with the
same batch.

KEYS   see keys.go, in the same order; all in one hash slot
  1 state      string the clock, sums of the log, the queue's counters, feedback
  2 calls      zset   call -> when it leaves the upstream's window
  3 costs      hash   call -> what it counts for (see log.lua)
  4 expiries   hash   tick -> tokens of the calls that leave in it
  5 queue      zset   ticket -> place: who waits, first to last
  6 backs      zset   ticket -> when its holder asks again
  7 tickets    hash   ticket -> what is known of it (see queue.lua)
  8 turns      hash   class:user -> places taken in the round robin
  9 waiting    hash   user -> tickets in the queue
 10 processes  zset   process -> when it was last heard of
 11 awaited    zset   process that may have called without asking -> until when
                      it is waited for
 12 holds      zset   user -> until when the upstream wants no calls of theirs
 13 daily      hash   user -> tokens used today
 14 loads      zset   user -> millionths of the limits they take
 15 limits     hash   process -> its limits, JSON
 16 busy       zset   user -> until when they are taken to use over half of their own limit
 17 reply      string this process's last batch number and its result
 18…           zset   a user's calls, as in calls; batch entries give the index

ARGV   1 the batch, JSON; its fields are those of type batch in batch.go.
         Durations and times are milliseconds. Times go over the wire only as
         distances from now, so that clocks need not agree.
       2 the channel on which a stop is published, as its length; 0 only ends
         bypasses

RESULT the answer, JSON; its fields are those of type reply in batch.go.
]]

local key = {}
for i, name in ipairs({
  'state', 'calls', 'costs', 'expiries', 'queue', 'backs', 'tickets', 'turns', 'waiting', 'processes', 'awaited',
  'holds', 'daily', 'loads', 'limits', 'busy', 'reply',
}) do key[name] = KEYS[i] end
local batch = cjson.decode(ARGV[1])

-- How long things take and last, in ms. timing.go has some of them, too. Only tests
-- send a window; what depends on it is shorter with it.
local span = batch.window or 60000
local window = span + 50          -- of the limits, and how far two clocks may drift in it
local provisional = window + math.max(span / 20, 200) + 1000 -- a call counts for so long if it is not settled
local beat = math.max(span / 30, 200)                        -- each process is heard of so often at least
local member = math.max(7 * span / 60, 2000)                 -- it counts as present for so long after
local tripTime = 1000             -- a process gives a batch up that takes longer
local near, far = 250, 1500       -- a turn so far ahead is given for good: at first, and after a wait
local lead = 1300                 -- deferred work comes back so early: job queues count whole seconds
local slotKept, placeKept = 3000, 60000 -- a holder who is late keeps slot and place for so long
local ramp = 10000                -- after a stop calls are let in slowly for so long
local userHold, longestHold = 5000, 60000 -- a refusal holds so long if it does not say: a user, and all at most
local creditHold = 60000          -- nothing is tried for so long after the account had no credit
-- An unused ledger is kept for so long, and the log of a user's calls. Keys end by Redis's
-- clock, and what a clock may be set forward by must not end them.
local idle, userIdle = 25 * 3600000, 61 * 60000

-- Lua would write large numbers with an exponent, and some zeros with a sign.
local function whole(n) return string.format('%.0f', n + 0) end

-- The state is one JSON object, written back at the end of a run. Of what else is kept,
-- all processes ask every two seconds, with mostly nothing there: so what the state tells
-- is looked up nowhere else.
local stored = redis.call('MGET', key.state, key.reply)
local state = cjson.decode(stored[1] or '{}')
local function add(field, n)
  state[field] = (state[field] or 0) + n
  return state[field]
end

-- The time of the ledger, in ms. It follows Redis's clock, but never goes back, and
-- does not leap further than the asking process saw time pass: since its last batch, or,
-- if the ledger does not know it, from the last run of any process on, since it began. A
-- clock that was set while no process lived to notice is a ledger that was unused: its
-- calls count for what they have left. A batch may be under way for tripTime: its process
-- has given up one that is run later.
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
  local seen = tonumber(redis.call('ZSCORE', key.processes, batch.process) or lastRun)
  if seen and now > seen + batch.elapsed + tripTime then now = seen + batch.elapsed end
  now = math.max(now, state.now or now)
  state.skew, state.now = now - real, now
end
