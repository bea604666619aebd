-- entry: who is inside, and how an entry ends. Each end gives its slot back exactly once: the
-- lease is removed first, and who removes it does the rest.
-- KEYS: accounts leases inside tokens ended reasons
-- An entry inside is one line of text: status, userId, jti, end of its token, hard end of its
-- lease, end of its holds, end of its first token. Before it is claimed nobody knows who READY is;
-- the token says it.

local skew_ms = 5000 -- How far clocks may be apart: a lease outlives its token by this.
local remember_ms = 600000

local function read_entry(number)
  local text = redis.call('HGET', key.inside, number)
  if not text then return nil end
  local status, user, jti, token_end, hard_end, hold_end, base_end =
    text:match('^(%S+) (%S+) (%S+) (%d+) (%d+) (%d+) (%d+)$')
  return {
    status = status,
    user = user,
    jti = jti,
    token_end = tonumber(token_end),
    hard_end = tonumber(hard_end),
    hold_end = tonumber(hold_end),
    base_end = tonumber(base_end),
  }
end

local function write_entry(number, entry)
  redis.call('HSET', key.inside, number, string.format('%s %s %s %.0f %.0f %.0f %.0f',
    entry.status, entry.user, entry.jti, entry.token_end, entry.hard_end, entry.hold_end,
    entry.base_end))
end

local function remember_end(number, reason, until_ms)
  redis.call('ZADD', key.ended, until_ms, number)
  redis.call('HSET', key.reasons, number, reason)
  tell('ended', number, reason, string.format('%.0f', until_ms))
end

-- Ends an entry that is inside. False when it was not, or is not any more.
local function end_entry(number, reason)
  if redis.call('ZREM', key.leases, number) == 0 then return false end
  local entry = read_entry(number)
  redis.call('HDEL', key.inside, number)
  redis.call('HDEL', key.tokens, number)
  set('ended_' .. reason, (room['ended_' .. reason] or 0) + 1)
  -- Nobody had a token of it, and it may come back.
  if reason == 'missed' then return true end
  local until_ms = now + remember_ms
  if entry and entry.status == 'ACTIVE' then
    until_ms = math.max(until_ms, entry.token_end + skew_ms)
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
