-- Note one call that did not go through the gate: KEYS health, times; ARGV outcome, reason, ms, odd, odd_last.

health_note(KEYS[1], KEYS[2], ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5], now)
