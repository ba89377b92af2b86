-- Tells what is known of a day, and changes nothing. Distances are in ms; -1 is one that
-- nobody knows.
--
-- KEYS  state, fresh, stale, zone
-- ARGV  1 lease of a run, ms  2 cooldown between two runs, ms
-- Result {fresh copy: left, -2 without one, stale copy: left, -2 without one, zone or "",
--       generation or 0, last message, pending token or "", taken ago, last token given
--       out, token that readers share, run or "", begun ago, who began it,
--       what is left of its lease, 0 if it has none and -1 if its holder let it end,
--       what is left of the cooldown, earliest unanswered message: published ago, read ago,
--       "1" if a copy fetched anew is wanted, fault or "", told for, tried again in, denied}
local s = redis.call('HMGET', KEYS[1], 'gen', 'message', 'token', 'asked', 'seq', 'shared', 'run', 'began', 'owner', 'lease',
  'since', 'read', 'anew', 'fault', 'denied')
local function ago(time)
  local a = age(time)
  return a < math.huge and a or -1
end
local lease = 0
if s[10] then lease = alive(s[10], ARGV[1]) and s[10] - ms or -1 end
local fault, since, told, wait = string.match(s[14] or '', '^(%S+) (%d+) (%d+) (%d+)$')
return {redis.call('PTTL', KEYS[2]), redis.call('PTTL', KEYS[3]), redis.call('GET', KEYS[4]) or '', s[1] or '0', s[2] or '',
  s[3] or '', ago(s[4]), s[5] or '', s[6] or '', s[7] or '', ago(s[8]), s[9] or '', lease, left(ARGV[2], s[8]), ago(s[11]),
  ago(s[12]), s[13] and '1' or '', fault or '', fault and left(told, since) or 0, fault and left(wait, since) or 0, s[15] or ''}
