-- status: where an entry stands; asking is a sign of life.
-- REPEAT: reads, and marks the same bit.
-- KEYS: state accounts alive0 alive1 gone leases inside tokens ended reasons fronts returners goes
--   quit
-- ARGV: server userId number epoch jti tokenEnd index
-- REPLY: word, now, front, tail; the word is 'WAITING', 'LATE <returning before>',
--   'READY <claim end> <1 while it can be extended>', 'ACTIVE <token end>' or 'ENDED <reason>'
-- INCLUDE: parts/room parts/entry parts/gap parts/life parts/returns parts/draw parts/admit parts/place parts/told

local number = tonumber(arg.number)
local word, more = settled_place(arg.userId, number, tonumber(arg.epoch),
  arg.jti, tonumber(arg.tokenEnd))
if word == 'WAITING' then mark_alive(number) end
if word == 'ACTIVE' then extend_lease(number, more) end
save()
return { told(word, more), now, room.front, room.tail }
