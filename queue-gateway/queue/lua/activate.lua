-- activate: the turn is taken. The first token that comes is kept and is the answer to every
-- repetition, byte for byte.
-- REPEAT: an entry that is ACTIVE keeps its jti and its token.
-- KEYS: state accounts alive0 alive1 gone leases inside tokens ended reasons fronts returners goes
-- ARGV: userId number epoch jti token tokenEnd
-- REPLY: 'ACTIVE' token; 'RENEW' jti until (a hold reaches past the token: sign one for that jti and
--   come again); 'WAITING'; 'LATE' (in the lane of those who return); 'ENDED' reason
-- INCLUDE: parts/room parts/life parts/entry parts/returns parts/admit parts/place

local number = tonumber(arg.number)
local token_end = tonumber(arg.tokenEnd)

local function claim()
  if not owns(arg.userId, number) then return { 'ENDED', 'expired' } end
  local entry = { status = 'ACTIVE', user = arg.userId, jti = arg.jti, token_end = token_end,
    hard_end = math.max(token_end, now + room.activeMs) + skew_ms, hold_end = 0,
    base_end = token_end, bought = 0 }
  write_entry(number, entry)
  redis.call('HSET', key.tokens, number, arg.token)
  redis.call('ZADD', key.leases, math.min(now + room.idleMs, entry.hard_end), number)
  set('activated', (room.activated or 0) + 1)
  measure_show(false)
  return { 'ACTIVE', arg.token }
end

local function repeated(entry)
  extend_lease(number, entry)
  local due = entry.hold_end >= entry.token_end + 1000
  if not due then return { 'ACTIVE', redis.call('HGET', key.tokens, number) } end
  if arg.jti ~= entry.jti or token_end > entry.hold_end or token_end <= entry.token_end then
    return { 'RENEW', entry.jti, string.format('%.0f', entry.hold_end) }
  end
  entry.token_end = token_end
  write_entry(number, entry)
  redis.call('HSET', key.tokens, number, arg.token)
  return { 'ACTIVE', arg.token }
end

local reply
local word, more = settled_place(arg.userId, number, tonumber(arg.epoch))
if word == 'READY' then
  reply = claim()
elseif word == 'ACTIVE' then
  reply = repeated(more)
else
  reply = { word, more }
end
save()
return reply
