-- set-inventory: the seats that can still be sold, for admission.
-- REPEAT: writes the same values again.
-- KEYS: state
-- ARGV: server sellable soldOut
-- REPLY: 'ok'
-- `sellable` is -1 while it is not known.
-- INCLUDE: parts/room

set('sellable', tonumber(arg.sellable))
set('soldOut', tonumber(arg.soldOut))
save()
return { 'ok' }
