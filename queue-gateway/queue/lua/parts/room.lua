-- room: the state of the room, the time, and how changes of the state are written.
-- KEYS: state
-- A script that includes it ends early with {'unconfigured'} when the room is not known here, or was
-- last seen by another run of Redis, which may have known more: then `configure` comes first.

local raw = redis.call('HGETALL', key.state)
if #raw == 0 then return { 'unconfigured' } end
local room = {}
for i = 1, #raw, 2 do room[raw[i]] = tonumber(raw[i + 1]) or raw[i + 1] end

-- `clock` drives the time in tests and in the simulator; nothing sets it in production.
local now = room.clock
if not now then
  local time = redis.call('TIME')
  now = time[1] * 1000 + math.floor(time[2] / 1000)
end

if room.server ~= arg.server then return { 'unconfigured' } end

local changed = {}

local function set(name, value)
  if room[name] == value then return end
  room[name] = value
  changed[name] = true
end

-- Writes what changed, once, before the reply.
local function save()
  local fields = {}
  for name in pairs(changed) do
    fields[#fields + 1] = name
    fields[#fields + 1] = room[name]
  end
  if #fields > 0 then redis.call('HSET', key.state, unpack(fields)) end
end

-- Told to all gateways: the room, then words.
local function tell(...)
  redis.call('PUBLISH', room.channel, table.concat({ room.id, ... }, ' '))
end
