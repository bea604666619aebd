-- gap: nobody could show life, take a turn or be active while no step reached this room, so that time
-- does not count. Who leads ticks every room every few seconds; a longer silence is an outage.
-- KEYS: leases

local gap_ms = 15000

local function bridge(gap)
  set('lifeShift', (room.lifeShift or 0) + gap)
  local leases = redis.call('ZRANGE', key.leases, 0, 9999, 'WITHSCORES')
  for i = 1, #leases, 2 do
    local number, target = leases[i], leases[i + 1] + gap
    local entry = read_entry(number)
    if entry.status == 'READY' then
      entry.hard_end = target
      write_entry(number, entry)
    end
    redis.call('ZADD', key.leases, 'XX', 'GT', math.min(target, entry.hard_end), number)
  end
end

if room.seenAt and now - room.seenAt > gap_ms then bridge(now - room.seenAt) end
if now - (room.seenAt or 0) >= 1000 then set('seenAt', now) end
