-- join: a place for each of these accounts, and the turn at once where nobody waits and a slot is
-- free.
-- A userId with '?' before it only asks for the place it has: 'none' instead of a new one.
-- REPEAT: an account with a live entry gets the same number again, so a lost reply costs nothing.
-- KEYS: state accounts alive0 alive1 gone leases inside tokens ended reasons fronts returners goes
--   leaves quit
-- ARGV: server salt userIds...
-- REPLY: 'ok', now, epoch, front, tail, registered, chain; then for each account a line of text:
--   'REGISTERED new|known index leaf', 'WAITING new|known number', 'LATE known number <returning before>',
--   'READY new|known number <claim end> <1 while it can be extended>', 'ACTIVE known number token', 'closed', 'sold-out', 'full'
--   or 'none'
-- INCLUDE: parts/room parts/entry parts/gap parts/life parts/returns parts/draw parts/admit parts/register

admit()
local was_empty = room.front == room.tail

-- Who waits: the living of the last census and all who came since; twice the limit in numbers
-- bounds the memory whatever the census says.
local function is_full()
  local span = room.tail - room.front
  if is_registering() then return span + (room.registered or 0) >= room.maxWaiting end
  if room.front == room.tail and (room_inside()) > 0 then return false end
  if span < room.maxWaiting then return false end
  local waiting = math.min(span, room.living + room.tail - room.livingTail)
  return waiting >= room.maxWaiting or span >= 2 * room.maxWaiting + 1000
end

local function inside_reply(word, number)
  local entry = read_entry(number)
  if not entry then return nil end
  if entry.status == 'READY' then
    if entry.hard_end <= now then return nil end
    return string.format('READY %s %d %.0f %d', word, number, entry.hard_end,
      entry.jti == '-' and 1 or 0)
  end
  local token = redis.call('HGET', key.tokens, number) or '' -- Of before a loss: nobody has it.
  return string.format('ACTIVE %s %d %s', word, number, token)
end

local function known_reply(user)
  local text = redis.call('HGET', key.accounts, user) or ''
  local index = tonumber(text:match('^r(%d+)$'))
  if index then return registered_reply(index) end
  local number = tonumber(text)
  if not number or redis.call('HGET', key.reasons, number) then return nil end
  if number > room.front then
    mark_alive(number)
    return string.format('WAITING known %d', number)
  end
  local inside = inside_reply('known', number)
  if inside or not may_return(number) then return inside end
  stand_in_lane(number)
  admit()
  return inside_reply('known', number)
    or string.format('LATE known %d %d', number, redis.call('ZRANK', key.returners, number) or 0)
end

local function new_reply(user)
  if room.control == 'CLOSED' or now < room.joinsAt then return 'closed' end
  if room.soldOut == 1 then return 'sold-out' end
  if is_full() then return 'full' end
  if is_registering() then return register(user, arg.salt) end
  local number = room.tail + 1
  set('tail', number)
  set('joined', room.joined + 1)
  redis.call('HSET', key.accounts, user, number)
  mark_alive(number)
  if number == room.front + 1 and (room_inside()) > 0 then
    admit()
    local inside = inside_reply('new', number)
    if inside then return inside end
  end
  return string.format('WAITING new %d', number)
end

local replies = {}
for i = arg.userIds, #ARGV do
  local user = ARGV[i]
  local known_only = user:byte() == 63
  if known_only then user = user:sub(2) end
  replies[#replies + 1] = known_reply(user) or (known_only and 'none') or new_reply(user)
end

if was_empty and room.front < room.tail then tell('front', room.front, room.tail) end
save()
return { 'ok', now, room.epoch, room.front, room.tail, room.registered or 0, room.chain or '',
  unpack(replies) }
