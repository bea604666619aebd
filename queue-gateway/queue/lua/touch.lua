-- touch: signs of life of those who wait and activity of those inside, in one batch.
-- REPEAT: marks the same bits; a lease reaches as far as the last activity says.
-- KEYS: state accounts alive0 alive1 union gone leases inside tokens ended reasons
-- ARGV: server firstByte bitmap active...
-- REPLY: 'ok'
-- Who waits comes as bytes of the bitmap, so that many cost no more than few; who is active inside
-- as numbers.
-- INCLUDE: parts/room parts/entry parts/gap parts/life

if #arg.bitmap > 0 then
  redis.call('SETRANGE', key.union, arg.firstByte, arg.bitmap)
  redis.call('BITOP', 'OR', alive, alive, key.union)
  redis.call('DEL', key.union)
end
for i = arg.active, #ARGV do
  local entry = read_entry(ARGV[i])
  if entry and entry.status == 'ACTIVE' then extend_lease(ARGV[i], entry) end
end
save()
return { 'ok' }
