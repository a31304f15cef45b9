"""Stops asking a registry that does not answer, and tries again after a pause with one call (R-ELG-6).

The state is in Redis, so all workers stop together. After `failures` calls in a row without an answer the breaker is
open for `pause` seconds (an answer one subject may have spoilt shows that it is there); then one trial call is let
through while the others wait for its outcome: an answer closes
it, silence opens it again.
"""

from datetime import UTC, datetime

from eligibility.registries import store

# In these functions `breaker` is a hash {failures, open_until} and `trial` holds the lease of the trial call.
LUA = """
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
"""


def paused_until(code: str) -> datetime | None:
    """The moment until which a registry is not asked at all; None while it is asked."""
    value = store.client().hget(store.key(code, "breaker"), "open_until")
    until = datetime.fromtimestamp(int(float(value)) / 1000, UTC) if value else None
    return until if until and until > datetime.now(UTC) else None


def ask_again(code: str) -> None:
    """Close the breaker by hand, after the other side says it is back."""
    store.client().delete(*store.keys(code, "breaker", "trial", "not_before"))
