-- returns: somebody whose turn came and went while they were away has one go, in a lane of their own.
-- KEYS: accounts fronts returners goes alive0 alive1
-- When a turn came is known from a sample of the front once a second, not from a key a person. What
-- is older than the grace is forgotten up to a number, `graceFloor`.

local credit_cost = 10 -- Ten ordinary admissions pay for one return, so returns stay below 10 %.
local credit_max = 50
local drops_max = 20

local function sample_front(front)
  local second = math.floor(now / 1000)
  redis.call('ZADD', key.fronts, front, second)
  local oldest = second - math.ceil((room.claimMs + room.graceMs) / 1000) - 1
  for _ = 1, 2 do
    local first = redis.call('ZRANGE', key.fronts, 0, 0, 'WITHSCORES')
    if not first[1] or tonumber(first[1]) >= oldest then return end
    redis.call('ZREM', key.fronts, first[1])
    set('graceFloor', tonumber(first[2]))
  end
end

-- Whether this number, whose turn has come, can still come back.
local function may_return(number)
  if room.graceMs == 0 or number <= (room.graceFloor or 0) then return false end
  if redis.call('ZSCORE', key.goes, number) then return false end
  local grace = room.claimMs + room.graceMs
  -- When its turn came is lost with what Redis lost: the grace runs from then.
  if number <= (room.recoveredFront or 0) and now < room.recoveredAt + grace then return true end
  local sample = redis.call('ZRANGEBYSCORE', key.fronts, number, '+inf', 'LIMIT', 0, 1)
  if not sample[1] then return false end
  return now < (sample[1] + 1) * 1000 + grace
end

local function stand_in_lane(number)
  redis.call('ZADD', key.returners, 'NX', now, number)
  mark_alive(number)
end

-- Who is next in the lane and lives; the dead can come again within their grace.
local function next_returner()
  for _ = 1, drops_max do
    local number = tonumber(redis.call('ZRANGE', key.returners, 0, 0)[1])
    if not number then return nil end
    redis.call('ZREM', key.returners, number)
    if is_alive(number) then return number end
  end
  return nil
end

local function use_go(number)
  redis.call('ZADD', key.goes, now, number)
  redis.call('ZREMRANGEBYSCORE', key.goes, '-inf', now - room.claimMs - room.graceMs - 60000)
  set('returned', (room.returned or 0) + 1)
end
