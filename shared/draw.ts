/**
 * The draw, so that anybody can do it again (docs/draw.md): who registered before the opening is
 * put in order by a permutation of the registration indexes, a balanced Feistel network with
 * HMAC-SHA-256 as its round function, walked until it falls inside (cycle-walking, as in Black and
 * Rogaway, "Ciphers with Arbitrary Finite Domains", 2002).
 *
 * Nothing of node is imported, so that a browser can run it as it is.
 */

/** A draw that has taken place, as everybody can read it. */
export interface DrawFacts {
  concertId: string;
  /** Registration indexes given: 1 … registered. */
  registered: number;
  /** Last number that was given before the draw; the drawn ones follow it. */
  base: number;
  /** The chain over all registration receipts, 40 hexadecimal digits. */
  digest: string;
  /** 64 hexadecimal digits; its SHA-256 was published before anybody registered. */
  secret: string;
}

/** As in FF1 of NIST SP 800-38G: also a draw among five people is fair with so many. */
const rounds = 10;

/** What SHA-256 makes the seed of: fixed by the secret before, and by the receipts at the end. */
export const seedText = ({ concertId, registered, base, digest, secret }: DrawFacts): string =>
  `draw:v1:${concertId}:${registered}:${base}:${digest}:${secret}`;

/** What the chain over the receipts starts from. */
export const chainStartText = (concertId: string): string => `draw:v1:room:${concertId}`;

/** SHA-1 of this is the next link; an index that nobody has, has the leaf of zeros. */
export const chainText = (chain: string, leaf: string): string => chain + leaf;

export const emptyLeaf = '0'.repeat(40);

/** Half of the bits that hold every index: two halves are at least as many values as indexes. */
function halfBitsOf(count: number): number {
  let half = 1;
  while (4 ** half < count) half += 1;
  return half;
}

/**
 * The steps of one permutation: yields the text of each round, takes its HMAC-SHA-256 under the
 * seed, and returns the place of `index` among `count`, both from 1.
 */
export function* drawSteps(index: number, count: number): Generator<string, number, Uint8Array> {
  if (!Number.isInteger(index) || index < 1 || index > count)
    throw new RangeError(`index ${index} is not within 1 and ${count}`);
  const half = 2 ** halfBitsOf(count);
  let value = index - 1;
  do {
    let left = Math.floor(value / half);
    let right = value % half;
    for (let round = 0; round < rounds; round += 1) {
      const mac = yield `${round}:${count}:${right}`;
      const [a = 0, b = 0, c = 0, d = 0] = mac;
      const mixed = (((a << 24) | (b << 16) | (c << 8) | d) >>> 0) % half;
      [left, right] = [right, left ^ mixed];
    }
    value = left * half + right;
  } while (value >= count);
  return value + 1;
}

/** @param hmac HMAC-SHA-256 under the seed, of a text in ASCII. */
export function drawPlace(
  index: number,
  count: number,
  hmac: (text: string) => Uint8Array,
): number {
  const steps = drawSteps(index, count);
  let step = steps.next();
  while (!step.done) step = steps.next(hmac(step.value));
  return step.value;
}
