-- configure: policy and control of a room, as the core has them; makes the room when it is new.
-- REPEAT: writes the same values again.
-- KEYS: state
-- ARGV: id channel version control maxActive admitPerSecond claimMs activeMs idleMs graceMs
--   maxWaiting opensAt joinsAt setting
-- REPLY: 'made', 'changed', 'same' or 'older' (a policy read before the one that is here)
-- INCLUDE: -

local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local known = redis.call('HMGET', key.state, 'version', 'configuredAt', 'setting', 'clock')
now = tonumber(known[4]) or now

-- A late reader must not undo a change. Ten seconds later nobody is late any more, and a lower
-- version means that the core was restored.
local stale_ms = 10000
local version = tonumber(known[1])
if version and tonumber(arg.version) < version and now - tonumber(known[2]) < stale_ms then
  return 'older'
end
if known[3] == arg.setting then return 'same' end

redis.call('HSET', key.state,
  'id', 'room:' .. arg.id, 'channel', arg.channel, 'version', arg.version, 'configuredAt', now,
  'control', arg.control, 'maxActive', arg.maxActive, 'admitPerSecond', arg.admitPerSecond,
  'claimMs', arg.claimMs, 'activeMs', arg.activeMs, 'idleMs', arg.idleMs, 'graceMs', arg.graceMs,
  'maxWaiting', arg.maxWaiting, 'opensAt', arg.opensAt,
  'joinsAt', arg.joinsAt, 'setting', arg.setting)
redis.call('PUBLISH', arg.channel, 'room:' .. arg.id .. ' setting ' .. arg.setting)
if version then return 'changed' end

-- A new room starts with its whole burst: one second's worth.
redis.call('HSET', key.state, 'epoch', 1, 'front', 0, 'tail', 0, 'admitted', 0, 'joined', 0,
  'bucket', math.max(1, tonumber(arg.admitPerSecond)) * 1e6, 'bucketAt', now, 'refunds', 0, 'window', 0,
  'living', 0, 'livingTail', 0, 'sellable', -1, 'soldOut', 0)
return 'made'
