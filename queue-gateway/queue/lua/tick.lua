-- tick: admission, then a census of who lives, for the room document, and a little tidying.
-- REPEAT: admission finds its budget used up; the rest reads.
-- KEYS: state accounts alive0 alive1 union gone leases inside tokens ended reasons fronts returners
--   goes minute minutes tails
-- ARGV: server withCensus pressure
-- REPLY: 'ok', now, epoch, front, tail, slots, admitted, living, sellable, soldOut, census,
--   limit ('none', 'closed', 'slots', 'rate', 'pressure' or 'seats'), registered, chain, then of a
--   registration that is closed: drawCount, drawBase, drawDigest, and
--   what was measured: visits, seats per visit, conversion, no-shows, people inside who hold a seat,
--   slots kept free for those who were inside when Redis lost its memory, minutes of the record that
--   are not with the core yet
-- The census is text: front, tail, first byte, bytes a block, living before the first byte, then the
-- living of each block, oldest first; empty when nobody waits or none was asked for.
-- INCLUDE: parts/room parts/entry parts/gap parts/life parts/returns parts/draw parts/admit
--   parts/record

local max_blocks = 1024

local function count_head(first)
  local head = 0
  while first % 8 ~= 0 and first <= room.tail do
    head = head + redis.call('GETBIT', key.union, first)
    first = first + 1
  end
  return head, math.ceil(first / 8)
end

local function census()
  local span = room.tail - room.front
  set('livingTail', room.tail)
  set('living', 0)
  if span <= 0 then return '' end -- A block of no bytes would be counted for ever.
  redis.call('BITOP', 'OR', key.union, alive, before)
  -- Less those whose sign of life was on its way when they left: (a or g) xor g.
  redis.call('BITOP', 'OR', key.union, key.union, key.gone)
  redis.call('BITOP', 'XOR', key.union, key.union, key.gone)
  local head, from = count_head(room.front + 1)
  local bytes = math.ceil(span / 8 / max_blocks)
  local living = head
  local words = { room.front, room.tail, from, bytes, head }
  for start = from, math.floor(room.tail / 8), bytes do
    local count = redis.call('BITCOUNT', key.union, start, start + bytes - 1)
    words[#words + 1] = count
    living = living + count
  end
  redis.call('DEL', key.union)
  set('living', living)
  return table.concat(words, ' ')
end

-- Accounts that missed their turn and never came back: a few at each tick, when there are many.
local sweep_from = 1000

local function sweep()
  local live = room.tail - room.front + redis.call('ZCARD', key.leases)
  if redis.call('HLEN', key.accounts) - live < sweep_from then return end
  local found = redis.call('HSCAN', key.accounts, room.sweep or 0, 'COUNT', 200)
  set('sweep', tonumber(found[1]))
  for i = 1, #found[2], 2 do
    local user, number = found[2][i], tonumber(found[2][i + 1])
    -- Who registered and never came since: their number was one of those that were drawn.
    if not number then number = room.drawn == 1 and room.drawBase + room.drawCount or math.huge end
    local is_over = number <= (room.graceFloor or 0) and number > (room.recoveredTail or 0)
    if is_over and not redis.call('ZSCORE', key.leases, number) then
      redis.call('HDEL', key.accounts, user)
    end
  end
end

local function record(limit, waiting, slots)
  local seen, is_first = read_minute()
  local fields = is_first and { 'number', seen.number, 'was_passed', seen.was_passed,
    'was_arrived', seen.was_arrived } or {}
  local function put(name, value)
    if seen[name] == value then return end
    seen[name] = value
    fields[#fields + 1], fields[#fields + 2] = name, string.format('%.0f', value)
  end
  sample_tail(seen, put)
  count_waits(seen, put)
  if limit ~= 'none' then
    local name = 'limit_' .. limit
    put(name, (seen[name] or 0) + math.min(now - (seen.limitAt or now), 5000) + 1)
    put('limitAt', now)
  end
  if #fields > 0 then redis.call('HSET', key.minute, unpack(fields)) end
  if math.floor(now / 60000) > seen.number then close_minute(seen, waiting, slots) end
end

-- Who leads knows how much of the rate the core can take; others leave it as it is.
if arg.pressure ~= '' then set('pressure', tonumber(arg.pressure)) end
admit()
sweep()
local text = ''
if arg.withCensus == '1' or room.front == room.tail then text = census() end
local waiting = room.living + room.tail - room.livingTail
if (room.drawCount or 0) == 0 then waiting = waiting + (room.registered or 0) end
local limit = 'none'
if room.front < room.tail then limit = select(2, room_inside()) end
local kept = ghosts()
local slots = redis.call('ZCARD', key.leases)
record(limit, waiting, slots)
save()
return { 'ok', now, room.epoch, room.front, room.tail, slots,
  room.admitted, waiting, room.sellable, room.soldOut, text, limit, room.registered or 0,
  room.chain or '', room.drawCount or 0, room.drawBase or 0, room.drawDigest or '',
  room.visits or 0, tostring(room.seatsPerVisit or 0), tostring(room.conversion or 0),
  tostring(room.noShow or 0), room.holding or 0, kept, redis.call('HLEN', key.minutes) }
