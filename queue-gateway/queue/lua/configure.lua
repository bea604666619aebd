-- configure: policy and control of a room, as the core has them; makes the room when it is new, and
-- mends it when Redis is not the one it was.
-- REPEAT: writes the same values again; a loss is mended once for each run of Redis.
-- KEYS: state leases alive0 alive1 gone union ended reasons inside tokens accounts
-- ARGV: server id channel version control maxActive admitPerSecond claimMs activeMs idleMs graceMs
--   maxWaiting opensAt joinsAt draw drawCount drawBase drawDigest setting epoch front tail slots
--   gaps registered chain ended...
-- REPLY: 'made', 'mended', 'changed', 'same' or 'older' (a policy read before the one that is here)
-- INCLUDE: parts/give-life parts/gaps parts/mend-ended
-- `epoch` and what follows is what the caller remembers of the room; 0 or empty for nothing.
-- `drawCount` is 0 until the core has fixed the draw. Each of `ended` is three arguments: number,
-- reason, until when somebody may still show a token of it.

local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local names = { 'version', 'configuredAt', 'setting', 'clock', 'server', 'epoch', 'front', 'tail',
  'registered', 'chain', 'drawn', 'ghosts', 'ghostsUntil', 'gaps' }
local known = {}
for i, value in ipairs(redis.call('HMGET', key.state, unpack(names))) do known[names[i]] = value end
now = tonumber(known.clock) or now
local version = tonumber(known.version)
local is_new = not version

-- Who was inside at an earlier loss and has not come back since.
local function earlier_ghosts()
  if now >= (tonumber(known.ghostsUntil) or 0) then return 0 end
  return tonumber(known.ghosts) or 0
end

-- Redis has started anew: with nothing, with less than it knew, or with all of it, which cannot be
-- told apart. No number that may have been given is given again; who was inside and is not here any
-- more keeps the slot free for the token's time; who waited comes back with the token.
local function mend()
  local tail = math.max(tonumber(known.tail) or 0, tonumber(arg.tail))
  local front = math.max(tonumber(known.front) or 0, tonumber(arg.front))
  tail = math.max(tail, front)
  local epoch = math.max(tonumber(known.epoch) or 0, tonumber(arg.epoch))
  -- Nobody remembers anything: an epoch of its own tells older tokens apart.
  if epoch == 0 then epoch = math.floor(now / 1000) end
  local gaps = gaps_behind(front, known.gaps, arg.gaps)
  give_life_between(math.max(front, tonumber(known.tail) or 0), tail, gaps)
  local lost = math.max(0, tonumber(arg.slots) - redis.call('ZCARD', key.leases))
  lost = math.max(lost, earlier_ghosts())
  if tail > 0 then
    gaps[#gaps + 1] = tail
    redis.call('PUBLISH', arg.channel, string.format('room:%s gap %d', arg.id, tail))
    tail = tail + margin
  end
  redis.call('HSET', key.state, 'server', arg.server, 'epoch', epoch, 'front', front,
    'tail', tail, 'recoveredAt', now, 'recoveredFront', front, 'recoveredTail', tail,
    'gaps', table.concat(gaps, ' '), 'ghosts', lost,
    'ghostsUntil', now + tonumber(arg.activeMs), 'seenAt', now)
end

-- Registrations that were given and not heard of yet have indexes too: the chain goes over leaves of
-- zeros, and nobody gets these indexes.
local function mend_registration()
  local kept, heard = tonumber(known.registered) or 0, tonumber(arg.registered)
  local count = math.max(kept, heard)
  if count == 0 or known.drawn == '1' then return end
  local chain, empty = heard > kept and arg.chain or known.chain:sub(3), string.rep('0', 40)
  for _ = 1, margin do chain = redis.sha1hex(chain .. empty) end
  redis.call('HSET', key.state, 'registered', count + margin, 'chain', 'h:' .. chain,
    'recoveredRegistered', count + margin)
end

-- The seed is here: the numbers of the draw begin to count, and everybody it drew is taken to live
-- until there was time to show it.
local function draw()
  local base, count = tonumber(arg.drawBase), tonumber(arg.drawCount)
  if count == 0 or known.drawn == '1' then return end
  local front, tail = unpack(redis.call('HMGET', key.state, 'front', 'tail'))
  redis.call('HSET', key.state, 'drawn', 1, 'drawBase', base, 'drawCount', count,
    'drawDigest', 'h:' .. arg.drawDigest, 'registered', count,
    'tail', math.max(tonumber(tail), base + count))
  give_life(math.max(tonumber(front), base), base + count)
end

local function make()
  -- A new room starts with its whole burst: one second's worth.
  redis.call('HSET', key.state, 'admitted', 0, 'joined', 0, 'living', 0, 'livingTail', 0,
    'bucket', math.max(1, tonumber(arg.admitPerSecond)) * 1e6, 'bucketAt', now, 'refunds', 0,
    'window', math.floor(now / 60000), 'sellable', -1, 'soldOut', 0)
end

local is_mended = known.server ~= arg.server
if is_new then make() end
if is_mended then
  mend_ended()
  mend()
  mend_registration()
end

-- A late reader must not undo a change. Ten seconds later nobody is late any more, and a lower
-- version means that the core was restored.
local stale_ms = 10000
if version and tonumber(arg.version) < version and now - tonumber(known.configuredAt) < stale_ms then
  return 'older'
end
if known.setting == arg.setting then return is_mended and 'mended' or 'same' end

draw()
redis.call('HSET', key.state,
  'id', 'room:' .. arg.id, 'channel', arg.channel, 'version', arg.version, 'configuredAt', now,
  'control', arg.control, 'maxActive', arg.maxActive, 'admitPerSecond', arg.admitPerSecond,
  'claimMs', arg.claimMs, 'activeMs', arg.activeMs, 'idleMs', arg.idleMs, 'graceMs', arg.graceMs,
  'maxWaiting', arg.maxWaiting, 'opensAt', arg.opensAt, 'joinsAt', arg.joinsAt,
  'draw', arg.draw, 'setting', arg.setting)
redis.call('PUBLISH', arg.channel, 'room:' .. arg.id .. ' setting ' .. arg.setting)
return is_new and 'made' or 'changed'
