-- place: where an entry stands, and why it has ended if it has.
-- KEYS: accounts leases reasons returners
-- The caller proved by a signed token that the number is this account's.

local function owns(user, number)
  return redis.call('HGET', key.accounts, user) == tostring(number)
end

-- 'READY' or 'ACTIVE' with the entry, 'WAITING', 'LATE' (the turn has passed, and may be taken in the
-- lane of those who return), or 'ENDED' with the reason.
local function place_of(user, number, epoch)
  if epoch < room.epoch then return 'ENDED', 'revoked' end
  local entry = read_entry(number)
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
local function settled_place(user, number, epoch)
  local word, more = place_of(user, number, epoch)
  if word ~= 'LATE' then return word, more end
  stand_in_lane(number)
  admit()
  word, more = place_of(user, number, epoch)
  if word == 'LATE' then return word, redis.call('ZRANK', key.returners, number) or 0 end
  return word, more
end
