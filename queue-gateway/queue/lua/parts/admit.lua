-- admit: ended leases out, then the front moves. The one place where anybody is let in.
-- KEYS: leases ended reasons
-- It admits min(free slots, rate budget), and nobody when no seat is left. Running it again finds
-- the slots and the budget used up, so it admits nobody extra. Who returns late is let in for every
-- ten others, or when nobody else is there.

local batch = 200 -- Bounded work: what is left is done by the next run.

-- The budget is a token bucket in millionths of an admission. It holds at most one second's worth,
-- so that an idle spell is never made up for, and one admission at least.
local function refill()
  local rate = room.admitPerSecond
  local capacity = math.max(rate, math.min(rate * 1e9, 1)) * 1e6
  local grown = (room.bucket or 0) + math.floor(rate * 1e3 * math.max(0, now - room.bucketAt))
  set('bucket', math.min(grown, capacity))
  set('bucketAt', math.max(now, room.bucketAt))
end

local function is_open()
  return room.control == 'OPEN' and now >= room.opensAt and room.sellable ~= 0
end

-- How many could be let in now, were there enough who wait.
local function room_inside()
  if not is_open() then return 0 end
  local free = room.maxActive - redis.call('ZCARD', key.leases)
  return math.max(0, math.min(free, math.floor(room.bucket / 1e6)))
end

local function release_overdue()
  local overdue = redis.call('ZRANGEBYSCORE', key.leases, '-inf', now, 'LIMIT', 0, batch)
  for _, number in ipairs(overdue) do end_entry(number, overdue_reason(read_entry(number))) end
  local stale = redis.call('ZRANGEBYSCORE', key.ended, '-inf', now, 'LIMIT', 0, batch)
  if #stale > 0 then
    redis.call('ZREM', key.ended, unpack(stale))
    redis.call('HDEL', key.reasons, unpack(stale))
  end
end

local function grant_slot(number)
  local claim_end = now + room.claimMs
  redis.call('ZADD', key.leases, claim_end, number)
  write_entry(number, {
    status = 'READY', user = '-', jti = '-', token_end = 0, hard_end = claim_end, hold_end = 0,
    base_end = 0,
  })
  set('bucket', room.bucket - 1e6)
  set('admitted', room.admitted + 1)
end

-- The next who lives behind the front, or nil. The front passes over the dead.
local function next_in_line()
  if room.front >= room.tail then return nil end
  local number = first_living(room.front + 1)
  if number and number > room.tail then number = nil end
  set('front', number or room.tail) -- Nobody lives behind: their turn has come all the same.
  return number
end

local function admit_returner()
  local number = next_returner()
  if not number then return false end
  use_go(number)
  grant_slot(number)
  return true
end

local function admit()
  release_overdue()
  refill()
  local front = room.front
  for _ = 1, math.min(room_inside(), batch) do
    local credit = room.returnCredit or 0
    if credit >= credit_cost and admit_returner() then
      set('returnCredit', credit - credit_cost)
    else
      local number = next_in_line()
      if number then
        grant_slot(number)
        set('returnCredit', math.min(credit + 1, credit_max))
      elseif not admit_returner() then
        break
      end
    end
  end
  if room.front > front then
    sample_front(room.front)
    tell('front', room.front, room.tail)
  end
end
