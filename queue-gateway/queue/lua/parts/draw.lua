-- draw: who comes before the opening of a draw registers and gets an index. At the opening that ends:
-- the numbers after the tail are kept for the registered, and nobody is let in before the seed is
-- here (`configure.lua`), which says whose number is which. Everybody later stands behind them.
-- KEYS: -

local function is_registering()
  return room.draw == 1 and (room.drawCount or 0) == 0 and now < room.opensAt
end

local function awaits_seed()
  return (room.drawCount or 0) > 0 and room.drawn ~= 1
end

local function close_registration()
  local count = room.registered or 0
  if now < room.opensAt or count == 0 or (room.drawCount or 0) > 0 then return end
  set('drawCount', count)
  set('drawBase', room.tail)
  set('drawDigest', room.chain)
  set('tail', room.tail + count)
end
