-- touch: signs of life of those who wait and activity of those inside, in one batch.
-- REPEAT: marks the same bits; a lease reaches as far as the last activity says.
-- KEYS: state accounts alive0 alive1 gone leases inside tokens ended reasons
-- ARGV: numbers...
-- REPLY: 'ok'
-- INCLUDE: parts/room parts/life parts/entry

for i = arg.numbers, #ARGV do
  local number = tonumber(ARGV[i])
  if number > room.front then
    if number <= room.tail then mark_alive(number) end
  else
    local entry = read_entry(number)
    if entry and entry.status == 'ACTIVE' then extend_lease(number, entry) end
  end
end
save()
return { 'ok' }
