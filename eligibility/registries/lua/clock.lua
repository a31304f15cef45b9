-- The server's own clock, in milliseconds: the same for all workers.

local t = redis.call('TIME')
local now = t[1] * 1000 + math.floor(t[2] / 1000)
