-- revoke: takes back one entry, or, by a new epoch, every token of the room.
-- REPEAT: an entry ends once; a room revoked twice has two new epochs and nobody in it.
-- KEYS: state accounts alive0 alive1 gone leases inside tokens ended reasons fronts returners goes
-- ARGV: server number
-- REPLY: 'ok', how many entries ended by it
-- INCLUDE: parts/room parts/entry parts/gap parts/life parts/returns parts/draw parts/admit
-- `number` 0 means all.

local function revoke_one(number)
  if end_entry(number, 'revoked') then return 1 end
  if number <= room.front or number > room.tail then return 0 end
  if redis.call('HGET', key.reasons, number) then return 0 end
  if redis.call('GETBIT', key.gone, number) == 1 then return 0 end
  forget_life(number)
  remember_end(number, 'revoked', now + revoked_ms)
  return 1
end

-- Numbers go on, so that none is given twice; everything else starts anew.
local function revoke_all()
  local count = redis.call('ZCARD', key.leases) + room.tail - room.front
  redis.call('DEL', key.accounts, key.alive0, key.alive1, key.leases, key.inside, key.tokens,
    key.returners, key.goes, key.fronts)
  set('epoch', room.epoch + 1)
  set('front', room.tail)
  set('graceFloor', room.tail)
  set('holding', 0)
  set('ghosts', 0)
  tell('front', room.front, room.tail, room.epoch)
  return count
end

local number = tonumber(arg.number)
local count = number == 0 and revoke_all() or revoke_one(number)
admit()
save()
return { 'ok', count }
