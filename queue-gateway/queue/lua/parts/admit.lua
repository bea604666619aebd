-- admit: ended leases out, then the front moves. The one place where anybody is let in.
-- KEYS: leases ended reasons
-- It admits min(free slots, rate budget, seats for more people). Running it again finds the slots
-- and the budget used up, so it admits nobody extra. Who returns late is let in for every ten
-- others, or when nobody else is there.

local batch = 2500 -- Bounded work: what is left is done by the next run.
local visits_known = 20 -- So many visits must have ended before what they came to says anything.

-- The budget is a token bucket in millionths of an admission, slower while the core is under pressure. It holds at most one second's worth,
-- so that an idle spell is never made up for, and one admission at least. A second one, of the same
-- size, bounds what those who do not come give back.
local function refill()
  local rate = room.admitPerSecond * (room.pressure or 1)
  local capacity = math.max(rate, math.min(rate * 1e9, 1)) * 1e6
  local grown = math.floor(rate * 1e3 * math.max(0, now - room.bucketAt))
  set('bucket', math.min(room.bucket + grown, capacity))
  set('refunds', math.min((room.refunds or 0) + grown, capacity))
  set('bucketAt', math.max(now, room.bucketAt))
end

local function is_open()
  return room.control == 'OPEN' and now >= room.opensAt and not awaits_seed()
end

-- For how many more people there are seats: what can be sold, less what those inside who hold none
-- yet are expected to take. Without a measure only the last seat is a limit.
local function places_by_seats(slots)
  if room.sellable < 0 then return math.huge end
  if room.sellable == 0 then return 0 end
  local each = room.seatsPerVisit or 0
  if (room.visits or 0) < visits_known or each < 0.01 then return math.huge end
  local left = room.sellable - (slots - (room.holding or 0)) * each
  return math.max(0, math.ceil(left / each))
end

-- Who was inside when Redis lost its memory, and may still come with a token of that time.
local function ghosts()
  if (room.ghosts or 0) > 0 and now >= room.ghostsUntil then set('ghosts', 0) end
  return room.ghosts or 0
end

-- How many could be let in now, were there enough who wait, and what keeps it from being more.
local function room_inside()
  if not is_open() then return 0, 'closed' end
  local slots = redis.call('ZCARD', key.leases) + ghosts()
  local places, limit = room.maxActive - slots, 'slots'
  local budget = math.floor(room.bucket / 1e6)
  if budget < places then
    places, limit = budget, (room.pressure or 1) < 1 and 'pressure' or 'rate'
  end
  local seats = places_by_seats(slots)
  if seats < places then places, limit = seats, 'seats' end
  return math.max(0, places), limit
end

local function release_overdue()
  local overdue = redis.call('ZRANGEBYSCORE', key.leases, '-inf', now, 'LIMIT', 0, 1000)
  for _, number in ipairs(overdue) do end_entry(number, overdue_reason(read_entry(number))) end
  local stale = redis.call('ZRANGEBYSCORE', key.ended, '-inf', now, 'LIMIT', 0, 1000)
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
    base_end = 0, bought = 0,
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
  close_registration()
  release_overdue()
  refill()
  local front = room.front
  local places = room_inside()
  for _ = 1, math.min(places, batch) do
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
