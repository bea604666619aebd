-- told: where an entry stands, as one word and what belongs to it.
-- KEYS:
-- Of READY: the end of the claim window, and 1 while it can be extended.

local function told(word, more)
  if word == 'WAITING' then return word end
  if word == 'READY' then
    return string.format('READY %.0f %d', more.hard_end, more.jti == '-' and 1 or 0)
  end
  if word == 'ACTIVE' then return string.format('ACTIVE %.0f', more.token_end) end
  return word .. ' ' .. more
end
