-- Lists a page of the days that are known of a user, in the order of the set. What
-- changes meanwhile is missed by no later page, as days only move towards the end.
--
-- KEYS  days
-- ARGV  1 score of the last day that was listed, "" to begin  2 that day
--       3 days a page, at most
-- Result {score of the last day, date...}; {} if there are no more

-- Servers differ in what they answer to WITHSCORES and in how they write scores.
local function score(day) return tonumber(redis.call('ZSCORE', KEYS[1], day) or nil) end

local all = redis.call('ZCARD', KEYS[1])
local lo, hi, from = 0, 0, tonumber(ARGV[1])
if from then
  if score(ARGV[2]) == from then
    lo = redis.call('ZRANK', KEYS[1], ARGV[2]) + 1
    hi = lo
  else
    hi = all
  end
end
while lo < hi do
  local mid = math.floor((lo + hi) / 2)
  local day = redis.call('ZRANGE', KEYS[1], mid, mid)[1]
  local at = score(day)
  if at < from or at == from and day <= ARGV[2] then lo = mid + 1 else hi = mid end
end
if lo >= all then return {} end
local page = redis.call('ZRANGE', KEYS[1], lo, lo + ARGV[3] - 1)
if #page == 0 then return {} end
return {string.format('%.17g', score(page[#page])), unpack(page)}
