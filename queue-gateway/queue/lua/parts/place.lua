-- place: where an entry stands, and why it has ended if it has.
-- KEYS: accounts leases reasons returners gone quit
-- ARGV, of whoever includes it: index
-- The caller proved by a signed token that the number is this account's. After Redis lost what it
-- knew (`configure.lua`), the token is what is left of the entry, and brings it back.

local function owns(user, number)
  return redis.call('HGET', key.accounts, user) == tostring(number)
end

local index = tonumber(arg.index) -- Of a registration that was drawn; 0 for all others.

-- Who registered is kept under the index; from now on the number stands for it. What was registered
-- before a loss, and that nobody has ended since, comes back with the token.
local function settle(user, number)
  local known = redis.call('HGET', key.accounts, user)
  local is_lost = not known and index <= (room.recoveredRegistered or 0)
    and redis.call('GETBIT', key.gone, number) == 0
  if known == 'r' .. index or is_lost then redis.call('HSET', key.accounts, user, number) end
end

-- A place that was given before the loss, and that nobody has ended since. Who joins anew has done
-- with the earlier place: of two numbers the higher one counts, whatever Redis still knew.
local function recover_place(user, number)
  if number > (room.recoveredTail or 0) or redis.call('GETBIT', key.gone, number) == 1 then return end
  local known = redis.call('HGET', key.accounts, user)
  if known and (tonumber(known) or number) >= number then return end
  redis.call('HSET', key.accounts, user, number)
  set('adopted', (room.adopted or 0) + 1)
end

-- A slot that was held before the loss: the active token says until when.
local function recover_slot(user, number, jti, token_end)
  if number > (room.recoveredFront or 0) or token_end <= now or now >= room.ghostsUntil then return end
  if redis.call('HGET', key.reasons, number) or not owns(user, number) then return end
  local entry = { status = 'ACTIVE', user = user, jti = jti, token_end = token_end,
    hard_end = token_end + skew_ms, hold_end = 0, base_end = token_end, bought = 0 }
  write_entry(number, entry)
  local lease_end = math.min(now + room.idleMs, entry.hard_end)
  if redis.call('ZADD', key.leases, lease_end, number) == 1 then
    set('ghosts', math.max(0, (room.ghosts or 0) - 1))
  end
  redis.call('ZREM', key.returners, number)
end

-- 'READY' or 'ACTIVE' with the entry, 'WAITING', 'LATE' (the turn has passed, and may be taken in the
-- lane of those who return), or 'ENDED' with the reason.
local function place_of(user, number, epoch, jti, token_end)
  if epoch < room.epoch then return 'ENDED', 'revoked' end
  if index > 0 then
    if redis.call('GETBIT', key.quit, index) == 1 then return 'ENDED', 'left' end
    settle(user, number)
  end
  recover_place(user, number)
  local entry = read_entry(number)
  if jti ~= '' and (not entry or entry.status == 'READY') then
    recover_slot(user, number, jti, token_end)
    entry = read_entry(number)
  end
  if entry then
    local lease_end = tonumber(redis.call('ZSCORE', key.leases, number)) or 0
    if lease_end <= now then
      end_entry(number, overdue_reason(entry))
    elseif entry.status == 'READY' or entry.user == user then
      return entry.status, entry
    end
  end
  local reason = redis.call('HGET', key.reasons, number)
  if reason then return 'ENDED', reason end
  if not owns(user, number) then return 'ENDED', number > room.front and 'left' or 'expired' end
  if number > room.front then return 'WAITING' end
  if may_return(number) then return 'LATE' end
  return 'ENDED', 'missed'
end

-- The same, after somebody who is late got in line again and whoever can be let in was.
local function settled_place(user, number, epoch, jti, token_end)
  local word, more = place_of(user, number, epoch, jti, token_end)
  if word ~= 'LATE' then return word, more end
  stand_in_lane(number)
  admit()
  word, more = place_of(user, number, epoch, '', 0)
  if word == 'LATE' then return word, redis.call('ZRANK', key.returners, number) or 0 end
  return word, more
end
