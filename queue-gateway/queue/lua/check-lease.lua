-- check-lease: does this active token still stand for a slot? Asked before seats or points move.
-- REPEAT: reads, and notes the activity again.
-- KEYS: state accounts leases inside tokens ended reasons
-- ARGV: userId number epoch jti
-- REPLY: 'live', or why not
-- INCLUDE: parts/room parts/entry

local number = tonumber(arg.number)
local entry = read_entry(number)
if entry and (tonumber(redis.call('ZSCORE', key.leases, number)) or 0) <= now then
  end_entry(number, overdue_reason(entry))
  entry = nil
end

local reply
if tonumber(arg.epoch) < room.epoch then
  reply = 'revoked'
elseif entry and entry.user == arg.userId and entry.jti == arg.jti then
  extend_lease(number, entry)
  reply = 'live'
else
  reply = redis.call('HGET', key.reasons, number) or 'expired'
end
save()
return reply
