"""Vectors of the draw, made from docs/draw.md alone and by another language than the code under
test: `python3 tests/line/vectors/draw.py > tests/line/vectors/draw.json`."""

import hashlib
import hmac
import json


def seed_of(facts):
    text = "draw:v1:%(concertId)s:%(registered)d:%(base)d:%(digest)s:%(secret)s" % facts
    return hashlib.sha256(text.encode("ascii")).digest()


def place_of(seed, index, count):
    bits = 1
    while 1 << (2 * bits) < count:
        bits += 1
    mask = (1 << bits) - 1
    value = index - 1
    while True:
        left, right = value >> bits, value & mask
        for number in range(10):
            message = b"%d:%d:%d" % (number, count, right)
            mac = hmac.new(seed, message, hashlib.sha256).digest()
            left, right = right, left ^ (int.from_bytes(mac[:4], "big") & mask)
        value = left << bits | right
        if value < count:
            return value + 1


def chain_of(concert_id, leaves):
    chain = hashlib.sha1(("draw:v1:room:" + concert_id).encode("ascii")).hexdigest()
    for leaf in leaves:
        chain = hashlib.sha1((chain + leaf).encode("ascii")).hexdigest()
    return chain


def case(concert_id, base, count):
    secret = hashlib.sha256(b"secret of %d" % count).hexdigest()
    leaves = [hashlib.sha1(b"leaf %d" % at).hexdigest() for at in range(1, min(count, 50) + 1)]
    leaves += ["0" * 40] * (count - len(leaves)) if count <= 1000 else []
    facts = {
        "concertId": concert_id,
        "registered": count,
        "base": base,
        "digest": chain_of(concert_id, leaves),
        "secret": secret,
    }
    seed = seed_of(facts)
    indexes = range(1, count + 1) if count <= 20 else sorted({1, 2, 3, count // 2, count - 1, count})
    return {
        "facts": facts,
        "commitment": hashlib.sha256(bytes.fromhex(secret)).hexdigest(),
        "leaves": leaves if count <= 100 else [],
        "seed": seed.hex(),
        "numbers": {str(index): base + place_of(seed, index, count) for index in indexes},
    }


cases = [
    case("1", 0, 1), case("1", 0, 2), case("7", 0, 5), case("7", 3, 16), case("42", 0, 17),
    case("42", 0, 100), case("1", 0, 1000), case("9", 12, 65537), case("9", 0, 1000000),
]
print(json.dumps(cases, indent=1))
