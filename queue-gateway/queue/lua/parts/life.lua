-- life: signs of life in two bitmaps, one for the even minute and one for the odd.
-- KEYS: alive0 alive1 gone
-- Somebody lives who showed a sign in this window or the one before, so a sign counts for one to
-- two windows. A window is longer than the longest poll with its jitter. Outages do not count.

local window_ms = 60000
local window = math.floor((now - (room.lifeShift or 0)) / window_ms)
local alive, before = key.alive0, key.alive1
if window % 2 == 1 then alive, before = before, alive end

if room.window ~= window then
  redis.call('DEL', alive)
  if room.window ~= window - 1 then redis.call('DEL', before) end
  set('window', window)
end

local function mark_alive(number)
  redis.call('SETBIT', alive, number, 1)
end

local function is_alive(number)
  return redis.call('GETBIT', alive, number) == 1 or redis.call('GETBIT', before, number) == 1
end

local function forget_life(number)
  redis.call('SETBIT', alive, number, 0)
  redis.call('SETBIT', before, number, 0)
  redis.call('SETBIT', key.gone, number, 1)
end

-- The first number from here on whose bit is set, or nil. Looks bit by bit up to the next byte,
-- from there on Redis looks.
local function first_set(bitmap, number)
  while number % 8 ~= 0 do
    if redis.call('GETBIT', bitmap, number) == 1 then return number end
    number = number + 1
  end
  local found = redis.call('BITPOS', bitmap, 1, number / 8)
  if found < 0 then return nil end
  return found
end

local function first_marked(number)
  local a, b = first_set(alive, number), first_set(before, number)
  if a and b then return math.min(a, b) end
  return a or b
end

-- A sign of life that was on its way when its holder left is none.
local function first_living(number)
  local found = first_marked(number)
  while found and redis.call('GETBIT', key.gone, found) == 1 do
    redis.call('SETBIT', alive, found, 0)
    redis.call('SETBIT', before, found, 0)
    found = first_marked(found + 1)
  end
  return found
end
