-- extend: the claim window of a turn that has come gets as much time again, once.
-- REPEAT: a window that was extended stays as it is.
-- KEYS: state accounts alive0 alive1 gone leases inside tokens ended reasons fronts returners goes
--   quit
-- ARGV: server userId number epoch jti tokenEnd index
-- REPLY: as of `status`
-- INCLUDE: parts/room parts/entry parts/gap parts/life parts/returns parts/draw parts/admit parts/place parts/told

local longest_ms = 120000 -- A slot stands idle meanwhile.

local number = tonumber(arg.number)
local word, more = settled_place(arg.userId, number, tonumber(arg.epoch),
  arg.jti, tonumber(arg.tokenEnd))
if word == 'READY' and more.jti == '-' and owns(arg.userId, number) then
  more.jti = '+'
  more.hard_end = more.hard_end + math.min(room.claimMs, longest_ms)
  write_entry(number, more)
  redis.call('ZADD', key.leases, 'XX', 'GT', more.hard_end, number)
end
save()
return { told(word, more), now, room.front, room.tail }
