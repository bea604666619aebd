-- record: the minutes of a room that are not with the core yet, and the one that runs.
-- REPEAT: reads.
-- KEYS: state leases minute minutes tails
-- ARGV: server
-- REPLY: 'ok', the line of the running minute (`parts/record.lua`) or '', then those of the others
-- INCLUDE: parts/room parts/record

local waiting = room.living + room.tail - room.livingTail
if (room.drawCount or 0) == 0 then waiting = waiting + (room.registered or 0) end
local reply = redis.call('HVALS', key.minutes)
local line, is_news = line_of(read_minute(), waiting, redis.call('ZCARD', key.leases))
return { 'ok', is_news and line or '', unpack(reply) }
