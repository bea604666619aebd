-- check-lease: does this active token still stand for a slot? Asked before seats or points move.
-- REPEAT: reads, and notes the activity again.
-- KEYS: state accounts alive0 alive1 gone leases inside tokens ended reasons fronts returners goes
--   quit
-- ARGV: server userId number epoch jti tokenEnd index
-- REPLY: 'live', or why not
-- INCLUDE: parts/room parts/entry parts/gap parts/life parts/returns parts/draw parts/admit parts/place

local number = tonumber(arg.number)
local word, more = place_of(arg.userId, number, tonumber(arg.epoch), arg.jti, tonumber(arg.tokenEnd))
local reply = 'expired'
if word == 'ACTIVE' and more.jti == arg.jti then
  extend_lease(number, more)
  reply = 'live'
elseif word == 'ENDED' then
  reply = more
end
save()
return reply
