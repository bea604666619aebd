-- snapshot: what a gateway must know of a room when it starts to listen, or has missed something.
-- REPEAT: reads.
-- KEYS: state ended reasons document
-- ARGV: server
-- REPLY: 'ok', now, epoch, front, tail, setting, document, registered, chain, gaps as numbers with
--   blanks between, then number, reason, until of each ended entry
-- INCLUDE: parts/room

local ended_max = 20000
local reply = { 'ok', now, room.epoch, room.front, room.tail, room.setting,
  redis.call('GET', key.document) or '', room.registered or 0, room.chain or '',
  tostring(room.gaps or '') }
local ended = redis.call('ZREVRANGEBYSCORE', key.ended, '+inf', now, 'WITHSCORES', 'LIMIT', 0,
  ended_max)
for i = 1, #ended, 2 do
  reply[#reply + 1] = ended[i]
  reply[#reply + 1] = redis.call('HGET', key.reasons, ended[i]) or 'expired'
  reply[#reply + 1] = ended[i + 1]
end
return reply
