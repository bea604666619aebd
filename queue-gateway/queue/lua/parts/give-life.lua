-- give-life: numbers that count as living until there was time to show it.
-- KEYS: alive0 alive1 gone union
-- For one to two windows. Everybody whose life nobody knows of any more is taken to live
-- until there was time to show it, or whoever asks first would be let in before all others.
local function give_life(from, to)
  if to <= from then return end
  local first_byte, last_byte = math.floor((from + 1) / 8), math.floor(to / 8)
  local all = string.rep('\255', last_byte - first_byte + 1)
  redis.call('SETRANGE', key.union, first_byte, all)
  for number = first_byte * 8, from do redis.call('SETBIT', key.union, number, 0) end
  for number = to + 1, last_byte * 8 + 7 do redis.call('SETBIT', key.union, number, 0) end
  redis.call('BITOP', 'OR', key.alive0, key.alive0, key.union)
  redis.call('BITOP', 'OR', key.alive1, key.alive1, key.union)
  redis.call('DEL', key.union)
  if redis.call('EXISTS', key.gone) == 0 then return end
  redis.call('BITOP', 'NOT', key.union, key.gone)
  local known_bytes = redis.call('STRLEN', key.gone)
  if known_bytes <= last_byte then
    redis.call('SETRANGE', key.union, known_bytes, string.rep('\255', last_byte + 1 - known_bytes))
  end
  redis.call('BITOP', 'AND', key.alive0, key.alive0, key.union)
  redis.call('BITOP', 'AND', key.alive1, key.alive1, key.union)
  redis.call('DEL', key.union)
end
