-- Note the calls that ended and let the next ones in, for all workers together.
-- KEYS: breaker, trial, not_before, slots, tokens, urgent_waits, health, times.
-- ARGV: 8 settings, then 7 values a call that ended, then the id of each lease wanted.
-- Answer: why no more were let in (or «go»), how many were let in, how many milliseconds to wait.

local POLL_MS = 10
local breaker, trial, not_before, slots = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local tokens, urgent_waits, health, times = KEYS[5], KEYS[6], KEYS[7], KEYS[8]
local urgent, concurrency, bucket = ARGV[1] == '1', tonumber(ARGV[2]), tonumber(ARGV[3])
local window_ms, lease_ms = tonumber(ARGV[4]), tonumber(ARGV[5])
local failures, pause_ms, ended = tonumber(ARGV[6]), tonumber(ARGV[7]), tonumber(ARGV[8])
local wanted, granted = #ARGV - 8 - 7 * ended, 0

local function call_ended(lease, outcome, retry_ms, reason, ms, odd, odd_last)
  redis.call('ZREM', slots, lease)
  breaker_end(breaker, trial, lease, outcome, failures, pause_ms, now)
  if outcome == 'given_up' then return end
  if retry_ms > 0 and now + retry_ms > tonumber(redis.call('GET', not_before) or '0') then
    redis.call('SET', not_before, now + retry_ms, 'PX', retry_ms)
  end
  health_note(health, times, outcome, reason, ms, odd, odd_last, now)
end

local function closed()
  local paused = breaker_wait(breaker, now)
  if paused > 0 then return 'paused', paused end
  if redis.call('EXISTS', trial) == 1 then return 'full', POLL_MS * 5 end
  local later = tonumber(redis.call('GET', not_before) or '0') - now
  if later > 0 then return 'later', later end
  if not urgent and redis.call('EXISTS', urgent_waits) == 1 then return 'full', POLL_MS end
  if redis.call('ZCARD', slots) >= concurrency then return 'full', POLL_MS end
  local oldest = redis.call('LINDEX', tokens, bucket - 1)
  if oldest and tonumber(oldest) + window_ms > now then return 'full', tonumber(oldest) + window_ms - now end
end

local function let_in(lease)
  redis.call('LPUSH', tokens, now)
  redis.call('ZADD', slots, now + lease_ms, lease)
  breaker_start(breaker, trial, lease, lease_ms)
  granted = granted + 1
end

for call = 0, ended - 1 do
  local at = 8 + 7 * call
  call_ended(ARGV[at + 1], ARGV[at + 2], tonumber(ARGV[at + 3]), ARGV[at + 4], ARGV[at + 5], ARGV[at + 6], ARGV[at + 7])
end
if wanted == 0 then return {'go', 0, 0} end
redis.call('ZREMRANGEBYSCORE', slots, '-inf', now)
local why, wait = closed()
while not why and granted < wanted do
  let_in(ARGV[8 + 7 * ended + granted + 1])
  if granted < wanted then why, wait = closed() end
end
if granted > 0 then
  redis.call('LTRIM', tokens, 0, bucket - 1)
  redis.call('PEXPIRE', tokens, window_ms)
  redis.call('PEXPIRE', slots, lease_ms)
end
if not why then
  if urgent then redis.call('DEL', urgent_waits) end
  return {'go', granted, 0}
end
if urgent and why == 'full' then redis.call('SET', urgent_waits, 1, 'PX', math.ceil(wait) + 100) end
return {why, granted, math.ceil(wait)}
