-- How a call went. `health` is a hash {answering, since, last, reason, odd, odd_last, apart, apart_at}; `times` the
-- latest durations.

local KEPT = 50

local function health_note(health, times, outcome, reason, ms, odd, odd_last, now)
  local answering = (outcome == 'silence' or outcome == 'spoilt') and '0' or '1'
  if redis.call('HGET', health, 'answering') ~= answering then
    redis.call('HSET', health, 'answering', answering, 'since', now)
  end
  redis.call('HSET', health, 'last', now, 'reason', reason)
  if outcome == 'answer' then
    redis.call('LPUSH', times, ms)
    redis.call('LTRIM', times, 0, KEPT - 1)
  end
  if tonumber(odd) > 0 then
    redis.call('HSET', health, 'odd_last', odd_last)
    redis.call('HINCRBY', health, 'odd', odd)
  end
end
