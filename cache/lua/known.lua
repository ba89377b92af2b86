-- Lists a page of the days that are known of a user, in the order of the set. What
-- changes meanwhile is missed by no later page, as days only move towards the end.
--
-- KEYS  days
-- ARGV  1 score of the last day that was listed, "" to begin  2 that day
--       3 days a page, at most
-- Result {score of the last day, date...}; {} if there are no more
local lo, hi = 0, redis.call('ZCARD', KEYS[1])
if ARGV[1] == '' then hi = 0 end
while lo < hi do
  local mid = math.floor((lo + hi) / 2)
  local at = redis.call('ZRANGE', KEYS[1], mid, mid, 'WITHSCORES')
  local score, last = tonumber(at[2]), tonumber(ARGV[1])
  if score < last or score == last and at[1] <= ARGV[2] then lo = mid + 1 else hi = mid end
end
local page = redis.call('ZRANGE', KEYS[1], lo, lo + ARGV[3] - 1)
if #page == 0 then return {} end
return {redis.call('ZSCORE', KEYS[1], page[#page]), unpack(page)}
