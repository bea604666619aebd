-- lead: the leader goes on, or somebody becomes it. Leading saves work; it guards nothing.
-- REPEAT: takes or prolongs the same lease.
-- KEYS: leader
-- ARGV: process leaseMs
-- REPLY: 'leader' or 'follower'
-- INCLUDE: -

local holder = redis.call('GET', key.leader)
if holder and holder ~= arg.process then return 'follower' end
redis.call('SET', key.leader, arg.process, 'PX', arg.leaseMs)
return 'leader'
