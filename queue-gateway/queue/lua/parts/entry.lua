-- entry: who is inside, and how an entry ends. Each end gives its slot back exactly once: the
-- lease is removed first, and who removes it does the rest.
-- KEYS: accounts leases inside tokens ended reasons gone
-- An entry inside is one line of text: status, userId, jti, end of its token, hard end of its
-- lease, end of its holds, end of its first token, seats it has bought. Before it is claimed nobody
-- knows who READY is; the token says it. Its jti is '-', and '+' once its claim window was extended.

local skew_ms = 5000 -- How far clocks may be apart: a lease outlives its token by this.
local remember_ms = 600000
local revoked_ms = 86400000 -- As long as a waiting token lives.

local function read_entry(number)
  local text = redis.call('HGET', key.inside, number)
  if not text then return nil end
  local status, user, jti, token_end, hard_end, hold_end, base_end, bought =
    text:match('^(%S+) (%S+) (%S+) (%d+) (%d+) (%d+) (%d+) (%d+)$')
  return {
    status = status,
    user = user,
    jti = jti,
    token_end = tonumber(token_end),
    hard_end = tonumber(hard_end),
    hold_end = tonumber(hold_end),
    base_end = tonumber(base_end),
    bought = tonumber(bought),
  }
end

local function write_entry(number, entry)
  redis.call('HSET', key.inside, number, string.format('%s %s %s %.0f %.0f %.0f %.0f %d',
    entry.status, entry.user, entry.jti, entry.token_end, entry.hard_end, entry.hold_end,
    entry.base_end, entry.bought))
end

local function remember_end(number, reason, until_ms)
  redis.call('ZADD', key.ended, until_ms, number)
  redis.call('HSET', key.reasons, number, reason)
  tell('ended', number, reason, string.format('%.0f', until_ms))
end

-- How many inside hold a seat: of them nobody has to be expected to take one more.
local function set_hold(entry, hold_end)
  local was = entry.hold_end > 0 and 1 or 0
  local is = hold_end > 0 and 1 or 0
  entry.hold_end = hold_end
  if was ~= is then set('holding', (room.holding or 0) + is - was) end
end

-- What a visit comes to, in seats: the mean of the first visits, then a moving one.
local yield_window = 50

local function measure_visit(entry, reason)
  if reason == 'revoked' then return end
  local visits = math.min((room.visits or 0) + 1, yield_window)
  local mean = room.seatsPerVisit or 0
  local buyers = room.conversion or 0
  set('visits', visits)
  set('conversion', buyers + ((entry.bought > 0 and 1 or 0) - buyers) / visits)
  set('seatsPerVisit', mean + (entry.bought - mean) / visits)
end

-- Who did not come used up no admission: the budget gets it back, but never more than the rate
-- itself brings, so that turns come at twice the rate at most.
local show_weight = 0.02

local function measure_show(missed)
  local share = room.noShow or 0
  set('noShow', share + ((missed and 1 or 0) - share) * show_weight)
  if not missed or (room.refunds or 0) < 1e6 then return end
  set('refunds', room.refunds - 1e6)
  set('bucket', room.bucket + 1e6)
end

-- Ends an entry that is inside. False when it was not, or is not any more.
local function end_entry(number, reason)
  if redis.call('ZREM', key.leases, number) == 0 then return false end
  local entry = read_entry(number)
  redis.call('HDEL', key.inside, number)
  redis.call('HDEL', key.tokens, number)
  set('ended_' .. reason, (room['ended_' .. reason] or 0) + 1)
  if reason == 'missed' then -- Nobody had a token of it, and it may come back.
    measure_show(true)
    return true
  end
  redis.call('SETBIT', key.gone, number, 1)
  local until_ms = now + (reason == 'revoked' and revoked_ms or remember_ms)
  if entry and entry.status == 'ACTIVE' then
    until_ms = math.max(until_ms, entry.token_end + skew_ms)
    measure_visit(entry, reason)
    set_hold(entry, 0)
    if redis.call('HGET', key.accounts, entry.user) == tostring(number) then
      redis.call('HDEL', key.accounts, entry.user)
    end
  end
  remember_end(number, reason, until_ms)
  return true
end

-- Why an overdue lease is over.
local function overdue_reason(entry)
  if not entry or entry.status == 'READY' then return 'missed' end
  if now >= entry.hard_end then return 'expired' end
  return 'idle'
end

-- Activity, or a hold: the lease reaches on, never back and never past its hard end.
local function extend_lease(number, entry)
  local target = math.max(now + room.idleMs, entry.hold_end)
  redis.call('ZADD', key.leases, 'XX', 'GT', math.min(target, entry.hard_end), number)
end
