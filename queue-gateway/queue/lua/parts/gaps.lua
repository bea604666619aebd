-- gaps: numbers that were passed over at a loss, because others may have given them and the caller had
-- not heard of it yet. A gap begins behind the last number that was known, and is told by that.
-- KEYS: -
-- Hardly anybody has a number in a gap: were it taken to live at the next loss, turn after turn would
-- be kept for nobody. Who does have one comes back with the token.

local margin = 1000
local gaps_max = 20 -- As many losses before the front has passed the first of them.

-- Those the front has not passed, of two lists of words, ascending.
local function gaps_behind(front, ...)
  local found, seen = {}, {}
  for _, text in ipairs({ ... }) do
    for word in tostring(text or ''):gmatch('%d+') do
      local from = tonumber(word)
      if from + margin > front and not seen[from] then found[#found + 1] = from end
      seen[from] = true
    end
  end
  table.sort(found)
  while #found >= gaps_max do table.remove(found) end
  return found
end

local function give_life_between(from, to, gaps)
  for _, gap in ipairs(gaps) do
    give_life(from, math.min(gap, to))
    from = math.max(from, gap + margin)
  end
  give_life(from, to)
end
