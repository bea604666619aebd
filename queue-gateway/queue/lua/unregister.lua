-- unregister: a registration is given back, by its holder or by the operator.
-- REPEAT: the second time there is nothing to give back.
-- KEYS: state accounts quit
-- ARGV: server userId index epoch
-- REPLY: 'left', or 'ENDED revoked'
-- Its index stays taken, so that nobody else's number changes. Of the operator comes no account.
-- INCLUDE: parts/room

local index = tonumber(arg.index)
if tonumber(arg.epoch) < room.epoch then return 'ENDED revoked' end
if redis.call('HGET', key.accounts, arg.userId) == 'r' .. index then
  redis.call('HDEL', key.accounts, arg.userId)
end
if redis.call('SETBIT', key.quit, index, 1) == 0 then tell('quit', index) end
save()
return 'left'
