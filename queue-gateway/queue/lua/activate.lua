-- activate: the turn is taken. The first token that comes is kept and is the answer to every
-- repetition, byte for byte.
-- REPEAT: an entry that is ACTIVE keeps its jti and its token.
-- KEYS: state accounts alive0 alive1 gone leases inside tokens ended reasons fronts returners goes
--   quit
-- ARGV: server userId number epoch jti tokenEnd index newJti newToken newEnd
-- REPLY: 'ACTIVE' token; 'RENEW' jti until (a hold reaches past the token: sign one for that jti and
--   come again); 'WAITING'; 'LATE' (in the lane of those who return); 'ENDED' reason
-- INCLUDE: parts/room parts/entry parts/gap parts/life parts/returns parts/draw parts/admit parts/place

local number = tonumber(arg.number)
local new_end = tonumber(arg.newEnd)

local function claim()
  if not owns(arg.userId, number) then return { 'ENDED', 'expired' } end
  local entry = { status = 'ACTIVE', user = arg.userId, jti = arg.newJti, token_end = new_end,
    hard_end = math.max(new_end, now + room.activeMs) + skew_ms, hold_end = 0, base_end = new_end,
    bought = 0 }
  write_entry(number, entry)
  redis.call('HSET', key.tokens, number, arg.newToken)
  redis.call('ZADD', key.leases, math.min(now + room.idleMs, entry.hard_end), number)
  set('activated', (room.activated or 0) + 1)
  measure_show(false)
  return { 'ACTIVE', arg.newToken }
end

-- The token that was kept; one for the same jti is asked for when a hold reaches past it, or when
-- it was lost.
local function repeated(entry)
  extend_lease(number, entry)
  local token = redis.call('HGET', key.tokens, number)
  local wanted = entry.token_end
  if entry.hold_end >= entry.token_end + 1000 then wanted = entry.hold_end end
  if token and wanted == entry.token_end then return { 'ACTIVE', token } end
  if arg.newJti ~= entry.jti or new_end > wanted or new_end + 1000 <= wanted then
    return { 'RENEW', entry.jti, string.format('%.0f', wanted) }
  end
  entry.token_end = math.max(entry.token_end, new_end)
  write_entry(number, entry)
  redis.call('HSET', key.tokens, number, arg.newToken)
  return { 'ACTIVE', arg.newToken }
end

local reply
local word, more = settled_place(arg.userId, number, tonumber(arg.epoch),
  arg.jti, tonumber(arg.tokenEnd))
if word == 'READY' then
  reply = claim()
elseif word == 'ACTIVE' then
  reply = repeated(more)
else
  reply = { word, more }
end
save()
return reply
