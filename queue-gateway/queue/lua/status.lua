-- status: where an entry stands; asking is a sign of life.
-- REPEAT: reads, and marks the same bit.
-- KEYS: state accounts alive0 alive1 gone leases inside tokens ended reasons fronts returners goes
--   quit
-- ARGV: server userId number epoch jti tokenEnd index
-- REPLY: word, now, front, tail; the word is 'WAITING', 'LATE <returning before>', 'READY <claim end>',
--   'ACTIVE <token end>' or 'ENDED <reason>'
-- INCLUDE: parts/room parts/entry parts/gap parts/life parts/returns parts/draw parts/admit parts/place

local number = tonumber(arg.number)
local word, more = settled_place(arg.userId, number, tonumber(arg.epoch),
  arg.jti, tonumber(arg.tokenEnd))
if word == 'WAITING' then
  mark_alive(number)
elseif word == 'READY' then
  word = string.format('READY %.0f', more.hard_end)
elseif word == 'ACTIVE' then
  extend_lease(number, more)
  word = string.format('ACTIVE %.0f', more.token_end)
else
  word = word .. ' ' .. more
end
save()
return { word, now, room.front, room.tail }
