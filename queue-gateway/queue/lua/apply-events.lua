-- apply-events: what the core says about entries: holds, payments, holds that are over.
-- REPEAT: an event id is applied once; the last 2,000 are remembered, and a call brings 200.
-- KEYS: state accounts alive0 alive1 gone leases inside tokens ended reasons fronts returners goes
--   events
-- ARGV: server events...
-- REPLY: 'ok', number of events that were new
-- Each event is six arguments: id, what ('held', 'paid', 'released'), number, userId, value (end of
-- the hold in ms, or the holds that are left), seats it is about.
-- INCLUDE: parts/room parts/entry parts/gap parts/life parts/returns parts/draw parts/admit

local remembered = 2000

local function held(number, entry, hold_end)
  -- A hold made in the time of the first token is seen through; one made in the time that another
  -- hold gave is not, or somebody could stay for ever.
  if now >= entry.base_end + skew_ms then return end
  set_hold(entry, math.max(entry.hold_end, hold_end))
  entry.hard_end = math.max(entry.hard_end, hold_end + skew_ms)
  write_entry(number, entry)
  extend_lease(number, entry)
end

local function released(number, entry, left)
  if left > 0 then return end
  set_hold(entry, 0)
  entry.hard_end = entry.token_end + skew_ms
  write_entry(number, entry)
  redis.call('ZADD', key.leases, 'XX', math.min(now + room.idleMs, entry.hard_end), number)
end

local function paid(number, entry, left, seats)
  entry.bought = entry.bought + seats
  write_entry(number, entry)
  set('sold', (room.sold or 0) + seats)
  if left == 0 then end_entry(number, 'completed') end
end

local function apply(what, number, user, value, seats)
  local entry = read_entry(number)
  if not entry or entry.user ~= user then return end
  if what == 'held' then
    held(number, entry, value)
  elseif what == 'paid' then
    paid(number, entry, value, seats)
  else
    released(number, entry, value)
  end
end

local fresh = 0
for i = arg.events, #ARGV, 6 do
  if redis.call('ZADD', key.events, 'NX', ARGV[i], ARGV[i]) == 1 then
    fresh = fresh + 1
    apply(ARGV[i + 1], tonumber(ARGV[i + 2]), ARGV[i + 3], tonumber(ARGV[i + 4]),
      tonumber(ARGV[i + 5]))
  end
end
redis.call('ZREMRANGEBYRANK', key.events, 0, -remembered - 1)
admit()
save()
return { 'ok', fresh }
