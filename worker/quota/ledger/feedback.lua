-- What the upstream says of its limits counts for all processes.

-- stop holds all calls until a time.
local function stop(till)
  if till <= (state.stopped or 0) then return end
  state.stopped, state.ramp = till, 0
  redis.call('PUBLISH', ARGV[2], whole(till - now))
end

-- climb is how long after a stop the nth call has to wait: the rate doubles each
-- second.
local function climb(n) return math.min(math.ceil(1000 * math.log(n) / math.log(2)), ramp) end

-- afterStop returns when the nth call from now may go, as far as a stop goes.
local function afterStop(n)
  if not state.stopped or now >= state.stopped + ramp then return now end
  return math.max(now, state.stopped + climb((state.ramp or 0) + n))
end

-- refused hears that the upstream turned a call away. While no time is given, each
-- refusal that comes soon after a stop doubles the next one.
local function refused(s)
  if s.onlyUser then
    if s.name then
      redis.call('ZREMRANGEBYSCORE', key.holds, '-inf', whole(now))
      noteBusy(key.holds, s.name, now + (s.hold or userHold))
    end
    return
  end
  local hold = s.hold
  if not hold then
    local last = state.stopped or -ramp
    if now >= last + ramp then state.refusals = 1 elseif now >= last then add('refusals', 1) end
    hold = math.min(1000 * 2 ^ ((state.refusals or 1) - 1), longestHold)
  end
  stop(now + hold)
end

-- The limits that the upstream may tell of: 'requests' and 'tokens'. inUse returns
-- how much of one the log holds.
local function inUse(name)
  return name == 'tokens' and (state.tokens or 0) or redis.call('ZCARD', key.calls)
end

-- heardLeft hears how much the upstream had left of a limit when it answered a call with
-- this mark. It has counted no more of what we called than the ledger has let go so far: so
-- it has at least what fills the limit left, or somebody else calls it too, or its limit is
-- lower than ours. Then all but what had ended before that call is taken to be yet to come,
-- and what the log holds with the rest is the limit until a later call's answer says better.
local function heardLeft(name, mark, said)
  if not said or not mark or mark.gone < (state[name .. 'Heard'] or 0) then return end
  state[name .. 'Heard'] = mark.gone
  local gone = state[name .. 'Gone']
  if limits[name] > 0 and mark.full and said.left >= mark.full - gone then
    state[name .. 'Until'] = 0
    return
  end
  state[name .. 'Cap'] = inUse(name) + math.max(0, said.left - (gone - mark.ended))
  state[name .. 'Until'] = now + said.reset
end

-- hear takes note of what a settlement says of limits. cost is what the call counted
-- for; what is left can be read only for calls that the ledger let go.
local function hear(s, cost)
  if unlimited() and (s.noCredit or s.refused or s.leftRequests or s.leftTokens) then redis.call('PUBLISH', ARGV[2], '0') end
  if s.noCredit then
    state.noCredit = now + creditHold
  elseif s.refused then
    refused(s)
  end
  local marks = cost and cost.marks or {}
  heardLeft('requests', marks.requests, s.leftRequests)
  heardLeft('tokens', marks.tokens, s.leftTokens)
end

-- limitOf returns the limit to go by, nil if there is none: ours, or the upstream's
-- if that is lower, and then until when.
local function limitOf(name)
  local limit, cap, till = limits[name], state[name .. 'Cap'], state[name .. 'Until'] or 0
  if now < till and (limit == 0 or cap < limit) then return cap, till end
  return limit > 0 and limit or nil
end

-- heldUser returns until when the upstream wants no calls of a user.
local function heldUser(name)
  local till = name and redis.call('ZSCORE', key.holds, name)
  return till and tonumber(till) or now
end

-- unhindered reports whether nothing is limited and nobody held up or in line.
local function unhindered()
  return unlimited() and not limitOf('requests') and not limitOf('tokens')
    and now >= (state.noCredit or 0) and now >= (state.stopped or -ramp) + ramp
    and (state.arrivals == 0 or redis.call('EXISTS', key.queue) == 0)
    and redis.call('ZCOUNT', key.holds, '(' .. whole(now), '+inf') == 0
end
