-- record: what becomes of a room minute by minute, of all people together. A line of text for each
-- minute in which something happened, until the leader has brought it to the core.
-- KEYS: minute minutes tails
-- A wait is arithmetic, as a position is: when the tail had come to a number, against now that the
-- front has. Nothing is kept of a person. `minute` has what was counted by its start (`was_…`), the
-- milliseconds that a limit bound (`limit_…`) and the people of each bucket of waits (`wait_…`):
-- bucket b is of waits up to 2^(b/4) seconds.

local kept_max = 1440 -- While the core is away for longer, one line has all that happened since.
local samples_max = 4096
local parts_max = 4 -- Those whom one step let in came at so many moments, at most.
local counted = { 'arrived', 'admitted', 'returned', 'activated', 'passed', 'completed', 'left',
  'idle', 'expired', 'missed', 'revoked' }

-- What was counted since the room was made. Passed is who was not there any more at their turn.
local function totals()
  local arrived = (room.joined or 0) + (room.registered or 0)
  local returned = room.returned or 0
  local sum = { arrived = arrived, admitted = room.admitted, returned = returned,
    activated = room.activated or 0, passed = room.front - room.admitted + returned }
  for at = 6, #counted do sum[counted[at]] = room['ended_' .. counted[at]] or 0 end
  return sum
end

-- Of a room whose memory was lost, what came back with the loss is not counted once more.
local function read_minute()
  local raw = redis.call('HGETALL', key.minute)
  local seen = { front = room.recoveredFront or 0, was_passed = room.recoveredFront or 0,
    was_arrived = room.recoveredRegistered or 0, number = math.floor(now / 60000) }
  for at = 1, #raw, 2 do seen[raw[at]] = tonumber(raw[at + 1]) end
  return seen, #raw == 0
end

-- When the tail came so far: close together at first, wider apart when many are kept.
local function sample_tail(seen, put)
  if room.tail <= (seen.tail or 0) then return end
  local kept = redis.call('ZCARD', key.tails)
  local rest = kept < samples_max / 4 and 1000 or kept < samples_max / 2 and 10000 or 60000
  if kept >= samples_max or now - (seen.tailAt or 0) < rest then return end
  redis.call('ZADD', key.tails, room.tail, string.format('%.0f', now))
  put('tail', room.tail)
  put('tailAt', now)
end

-- Who came before the opening waits from then on.
local function wait_bucket(number)
  local sample = redis.call('ZRANGEBYSCORE', key.tails, number, '+inf', 'LIMIT', 0, 1)[1]
  local seconds = (now - math.max(tonumber(sample or now), room.opensAt)) / 1000
  return math.max(0, math.ceil(4 * math.log(math.max(1, seconds)) / math.log(2)))
end

-- Of those let in since the last look, spread evenly over the numbers that the front went over.
local function count_waits(seen, put)
  local span, people = room.front - seen.front, room.admitted - (seen.admitted or 0)
  if span > 0 and people > 0 then
    local parts = math.min(parts_max, people, span)
    for part = 1, parts do
      local share = math.floor(people * part / parts) - math.floor(people * (part - 1) / parts)
      local name = 'wait_' .. wait_bucket(seen.front + math.ceil(span * (part - 0.5) / parts))
      put(name, (seen[name] or 0) + share)
    end
    redis.call('ZREMRANGEBYSCORE', key.tails, '-inf', room.front)
  end
  put('front', room.front)
  put('admitted', room.admitted)
end

local function longest_limit(seen)
  local longest, word = 0, 'none'
  for name, ms in pairs(seen) do
    local limit = name:match('^limit_(%a+)$')
    if limit and (ms > longest or (ms == longest and limit < word)) then longest, word = ms, limit end
  end
  return word
end

-- Its Unix ms, the limit, who waits, who is inside, each count; then bucket and people of the waits.
local function line_of(seen, waiting, slots)
  local sum, words, changes = totals(), {}, 0
  for _, name in ipairs(counted) do
    words[#words + 1] = math.max(0, sum[name] - (seen['was_' .. name] or 0))
    changes = changes + words[#words]
  end
  for name, people in pairs(seen) do
    local bucket = name:match('^wait_(%d+)$')
    if bucket then words[#words + 1] = bucket .. ':' .. people end
  end
  local is_news = changes > 0 or waiting ~= (seen.waiting or 0) or slots ~= (seen.inside or 0)
  local head = { string.format('%.0f', seen.number * 60000), longest_limit(seen), waiting, slots }
  return table.concat(head, ' ') .. ' ' .. table.concat(words, ' '), is_news
end

local function close_minute(seen, waiting, slots)
  local line, is_news = line_of(seen, waiting, slots)
  if is_news then
    if redis.call('HLEN', key.minutes) >= kept_max then return end
    redis.call('HSET', key.minutes, seen.number, line)
  end
  local fresh = { 'number', math.floor(now / 60000), 'waiting', waiting, 'inside', slots,
    'front', room.front, 'admitted', room.admitted, 'tail', seen.tail or 0,
    'tailAt', string.format('%.0f', seen.tailAt or 0) }
  for name, count in pairs(totals()) do
    fresh[#fresh + 1], fresh[#fresh + 2] = 'was_' .. name, count
  end
  redis.call('DEL', key.minute)
  redis.call('HSET', key.minute, unpack(fresh))
end
