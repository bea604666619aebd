-- figures: what has come of a room so far, for whoever watches it.
-- REPEAT: reads.
-- KEYS: state leases inside returners
-- ARGV: -
-- REPLY: slots, ready, returners in their lane, then name and count of each counter of the state.
-- INCLUDE: -

local ready = 0
for _, entry in ipairs(redis.call('HVALS', key.inside)) do
  if entry:sub(1, 6) == 'READY ' then ready = ready + 1 end
end
local reply = { redis.call('ZCARD', key.leases), ready, redis.call('ZCARD', key.returners) }
local state = redis.call('HGETALL', key.state)
for i = 1, #state, 2 do
  local name = state[i]
  if name == 'admitted' or name == 'activated' or name == 'returned' or name:sub(1, 6) == 'ended_' then
    reply[#reply + 1] = name
    reply[#reply + 1] = state[i + 1]
  end
end
return reply
