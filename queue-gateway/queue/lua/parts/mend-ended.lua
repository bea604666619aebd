-- mend-ended: what had ended before a loss, as the caller remembers it.
-- KEYS: leases gone ended reasons inside tokens accounts
-- ARGV, of whoever includes it: ended

-- An entry that has ended stays so: its token must not bring it back, and with it the slot of
-- somebody who is still inside. A Redis with less than it knew may have it inside still.
local function drop_inside(number)
  local user = (redis.call('HGET', key.inside, number) or ''):match('^%S+ (%S+) ')
  redis.call('ZREM', key.leases, number)
  redis.call('HDEL', key.inside, number)
  redis.call('HDEL', key.tokens, number)
  if user and redis.call('HGET', key.accounts, user) == number then
    redis.call('HDEL', key.accounts, user)
  end
end

local function mend_ended()
  for i = arg.ended, #ARGV, 3 do
    local number = tonumber(ARGV[i])
    drop_inside(ARGV[i])
    redis.call('ZADD', key.ended, ARGV[i + 2], number)
    redis.call('HSET', key.reasons, number, ARGV[i + 1])
    redis.call('SETBIT', key.gone, number, 1)
  end
end
