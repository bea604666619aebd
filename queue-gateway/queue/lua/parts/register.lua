-- register: an index for the draw, and a link of the chain over all receipts.
-- KEYS: accounts leaves quit
-- An account that registered is kept as 'r' and its index. The leaf of a receipt says nothing to
-- whoever does not have it: the salt of the call is in it.

local leaf_bytes = 20

local to_bytes = function(digits) return string.char(tonumber(digits, 16)) end
local to_digits = function(byte) return string.format('%02x', byte:byte()) end

local function register(user, salt)
  local index = (room.registered or 0) + 1
  local leaf = redis.sha1hex(salt .. ':' .. index .. ':' .. user)
  local chain = room.chain and room.chain:sub(3) or redis.sha1hex('draw:v1:' .. room.id)
  set('registered', index)
  set('chain', 'h:' .. redis.sha1hex(chain .. leaf)) -- Never to be read as a number.
  redis.call('SETRANGE', key.leaves, (index - 1) * leaf_bytes, (leaf:gsub('..', to_bytes)))
  redis.call('HSET', key.accounts, user, 'r' .. index)
  return string.format('REGISTERED new %d %s', index, leaf)
end

-- What an account that registered is told, before the draw and after; nil when it gave that up.
local function registered_reply(index)
  if redis.call('GETBIT', key.quit, index) == 1 then return nil end
  local from = (index - 1) * leaf_bytes
  local bytes = redis.call('GETRANGE', key.leaves, from, from + leaf_bytes - 1)
  return string.format('REGISTERED known %d %s', index, (bytes:gsub('.', to_digits)))
end
