-- Whether a registry is asked at all. `breaker` is a hash {failures, open_until} and `trial` holds the lease of the
-- trial call; times are milliseconds.

local function breaker_wait(breaker, now)
  local open_until = tonumber(redis.call('HGET', breaker, 'open_until') or '0')
  return open_until - now
end

local function breaker_start(breaker, trial, lease, lease_ms)
  if redis.call('HEXISTS', breaker, 'open_until') == 1 then redis.call('SET', trial, lease, 'PX', lease_ms) end
end

local function breaker_end(breaker, trial, lease, outcome, failures, pause_ms, now)
  if redis.call('GET', trial) == lease then redis.call('DEL', trial) end
  if outcome == 'answer' or outcome == 'busy' or outcome == 'spoilt' then
    redis.call('DEL', breaker)
  elseif outcome == 'silence' then
    local count = redis.call('HINCRBY', breaker, 'failures', 1)
    if count >= failures or redis.call('HEXISTS', breaker, 'open_until') == 1 then
      redis.call('HSET', breaker, 'open_until', now + pause_ms)
    end
    redis.call('PEXPIRE', breaker, pause_ms + 86400000)
  end
end
