-- Applies what messages say about days of one user.
--
-- KEYS  zone, days, then for each day: state, fresh
-- ARGV  1 zone the days were computed in; "" if it does not matter
--       2 "1" if every day that has state is meant
--       3 "1" if a message may have been applied before (a redelivery)
--       4 when the earliest message was published, ms
--       5 age past which a pending token no longer counts, ms
--       6 cooldown between two runs, ms
--       7 how long a reader's interest keeps a day due, ms
--       8 time to live of the state, ms
--       9 zone to set, "" to leave it; a user without any is taken to live there
--       10 nonce of this call: if its answer is lost and it is run again, it
--         knows the tokens it took
--       11 ID of the last message, for whoever looks into it; "" for none
--       12 traceparents of the messages, 55 bytes each, as lines, the last first; "" for none
--       then for each day: date, "1" if it is due, expected event IDs ("" or lines)
-- Result {0, zone, date...}: the zone is another, or days are missing; nothing
--       was changed: compute again from these
--       {2}: every day is meant and so many are known that they are to be applied
--       page by page; nothing was changed
--       {1, then for each day: action, token, not before (ms from now)}
--       action 0: nothing to do; 1: track and enqueue the token; 2: track it, a
--       run is under way and will enqueue it
local stored = redis.call('GET', KEYS[1])
local zone = stored or ARGV[9]
local given = {}
for i = 3, #KEYS, 2 do
  given[ARGV[13 + (i - 3) / 2 * 3]] = true
end
local again = ARGV[1] ~= '' and ARGV[1] ~= zone
local days = {}
-- A list of any length would block the server, and overflow Lua's stack.
local many = (again or ARGV[2] == '1') and redis.call('ZCARD', KEYS[2]) > 256
if many and not again then return {2} end
if not many and (again or ARGV[2] == '1') then
  days = redis.call('ZRANGEBYSCORE', KEYS[2], '(' .. int(us / 1000000), '+inf')
  if ARGV[2] == '1' then
    for _, d in ipairs(days) do
      again = again or not given[d]
    end
  end
end
if again then
  return {0, zone, unpack(days)}
end
if ARGV[9] ~= '' and stored ~= ARGV[9] then
  redis.call('SET', KEYS[1], ARGV[9], 'PX', ARGV[8])
end

-- A stream whose clock has stepped back goes on at the old time.
local published = int(math.min(ARGV[4], ms))
local result = {1}
for i = 3, #KEYS, 2 do
  local state, fresh = KEYS[i], KEYS[i + 1]
  local at = 13 + (i - 3) / 2 * 3
  local due, expect = ARGV[at + 1] == '1', ARGV[at + 2]
  local s = redis.call('HMGET', state, 'gen', 'token', 'asked', 'began', 'lease', 'read', 'seq', 'expect', 'by')
  local gen, token, began, lease = tonumber(s[1]), s[2], s[4], s[5]
  local standing = token and age(s[3]) < tonumber(ARGV[5])
  local action, notBefore = 0, 0
  if expect ~= '' and s[8] and #s[8] + #expect < 1024 then expect = s[8] .. '\n' .. expect end

  if standing then
    -- The run that this token stands for has not begun, and will fetch later
    -- than now. Whoever took the token has dropped the fresh copy and fenced
    -- off all earlier runs.
    if expect ~= '' then redis.call('HSET', state, 'expect', expect) end
    if ARGV[11] ~= '' then redis.call('HSET', state, 'message', ARGV[11]) end
  else
    if redis.call('DEL', fresh) == 1 then redis.call('PUBLISH', 'foreday:dropped', fresh) end
    due = due or interested(state, s[6], ARGV[7])
    if gen or due then
      local fields = {'gen', int(math.max((gen or 0) + 1, us))}
      if expect ~= '' then
        fields[3], fields[4] = 'expect', expect
      end
      if ARGV[11] ~= '' then
        fields[#fields + 1] = 'message'
        fields[#fields + 1] = ARGV[11]
      end
      if due then
        token = int(math.max((tonumber(s[7]) or 0) + 1, us))
        for _, f in ipairs({'token', token, 'seq', token, 'asked', int(ms), 'by', ARGV[10]}) do
          fields[#fields + 1] = f
        end
      end
      redis.call('HSET', state, unpack(fields))
      redis.call('HSETNX', state, 'since', published)
      redis.call('PEXPIRE', state, ARGV[8])
    end
  end
  if token and (due or standing) and (not standing or ARGV[3] == '1' or s[9] == ARGV[10]) then
    action = alive(lease) and 2 or 1
    notBefore = left(ARGV[6], began)
  end
  -- Of many traces the last eight are kept.
  if ARGV[12] ~= '' and (token or gen or due) then
    local known = redis.call('HGET', state, 'traces')
    redis.call('HSET', state, 'traces', string.sub(ARGV[12] .. (known and '\n' .. known or ''), 1, 8 * 56 - 1))
  end
  result[#result + 1] = action
  result[#result + 1] = token or ''
  result[#result + 1] = notBefore
end
return result
