-- touch: signs of life of those who wait and activity of those inside, in one batch.
-- REPEAT: marks the same bits; a lease reaches as far as the last activity says.
-- KEYS: state accounts alive0 alive1 gone leases inside tokens ended reasons
-- ARGV: server marks...
-- REPLY: 'ok'
-- A mark is the number of somebody who waits, or minus the number of somebody active inside.
-- INCLUDE: parts/room parts/entry parts/gap parts/life

for i = arg.marks, #ARGV do
  local mark = tonumber(ARGV[i])
  if mark < 0 then
    local entry = read_entry(-mark)
    if entry and entry.status == 'ACTIVE' then extend_lease(-mark, entry) end
  elseif mark > room.front and mark <= room.tail then
    mark_alive(mark)
  end
end
save()
return { 'ok' }
