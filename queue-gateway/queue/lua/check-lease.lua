-- check-lease: does this active token still stand for a slot? Asked before seats or points move.
-- REPEAT: reads, and notes the activity again.
-- KEYS: state accounts leases inside tokens ended reasons
-- ARGV: userId number epoch jti
-- REPLY: 'live', or why not
-- INCLUDE: parts/room parts/entry parts/place

local number = tonumber(arg.number)
local word, more = place_of(arg.userId, number, tonumber(arg.epoch))
local reply = 'expired'
if word == 'ACTIVE' and more.jti == arg.jti then
  extend_lease(number, more)
  reply = 'live'
elseif word == 'ENDED' then
  reply = more
end
save()
return reply
