-- leave: the place or the slot is given back; a free slot goes to the next in line at once.
-- REPEAT: the second time there is nothing to give back.
-- KEYS: state accounts alive0 alive1 gone leases inside tokens ended reasons fronts returners goes
--   quit
-- ARGV: server userId number epoch jti tokenEnd index
-- REPLY: 'left', or 'ENDED <reason>' when it had ended before
-- INCLUDE: parts/room parts/entry parts/gap parts/life parts/returns parts/draw parts/admit parts/place

local number = tonumber(arg.number)
local word, more = place_of(arg.userId, number, tonumber(arg.epoch),
  arg.jti, tonumber(arg.tokenEnd))
local reply = 'left'
if word == 'ENDED' then
  reply = 'ENDED ' .. more
else
  if word == 'WAITING' then
    forget_life(number)
    tell('gone', number)
  elseif word == 'LATE' then
    redis.call('ZREM', key.returners, number)
    redis.call('SETBIT', key.gone, number, 1)
    remember_end(number, 'left', now + remember_ms)
  else
    end_entry(number, 'left')
  end
  if owns(arg.userId, number) then redis.call('HDEL', key.accounts, arg.userId) end
  admit()
end
save()
return reply
