/** SHA-256 (FIPS 180-4) of short ASCII texts, many in a row: the browser's own is slower by its promises. */

const fraction = (value: number): number => ((value - Math.floor(value)) * 2 ** 32) >>> 0;

function primes(count: number): number[] {
  const found: number[] = [];
  for (let n = 2; found.length < count; n += 1)
    if (found.every((prime) => n % prime !== 0)) found.push(n);
  return found;
}

const constants = Uint32Array.from(primes(64), (prime) => fraction(Math.cbrt(prime)));
const start = Uint32Array.from(primes(8), (prime) => fraction(Math.sqrt(prime)));
const words = new Uint32Array(64);

const turn = (value: number, by: number): number => (value >>> by) | (value << (32 - by));

function block(state: Uint32Array): void {
  for (let i = 16; i < 64; i += 1) {
    const [a, b] = [words[i - 15] ?? 0, words[i - 2] ?? 0];
    const s0 = turn(a, 7) ^ turn(a, 18) ^ (a >>> 3);
    const s1 = turn(b, 17) ^ turn(b, 19) ^ (b >>> 10);
    words[i] = (words[i - 16] ?? 0) + s0 + (words[i - 7] ?? 0) + s1;
  }
  let [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0] = state;
  for (let i = 0; i < 64; i += 1) {
    const s1 = turn(e, 6) ^ turn(e, 11) ^ turn(e, 25);
    const t1 = (h + s1 + ((e & f) ^ (~e & g)) + (constants[i] ?? 0) + (words[i] ?? 0)) | 0;
    const s0 = turn(a, 2) ^ turn(a, 13) ^ turn(a, 22);
    const t2 = (s0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
    [h, g, f, e, d, c, b, a] = [g, f, e, (d + t1) | 0, c, b, a, (t1 + t2) | 0];
  }
  for (const [i, value] of [a, b, c, d, e, f, g, h].entries()) state[i] = (state[i] ?? 0) + value;
}

/** The eight words of the digest. */
export function sha256(ascii: string): Uint32Array {
  const state = start.slice();
  const blocks = Math.ceil((ascii.length + 9) / 64);
  for (let at = 0; at < blocks; at += 1) {
    words.fill(0);
    for (let i = 0; i < 64; i += 1) {
      const place = at * 64 + i;
      const byte =
        place < ascii.length ? ascii.charCodeAt(place) : place === ascii.length ? 0x80 : 0;
      words[i >> 2] = (words[i >> 2] ?? 0) | (byte << (24 - (i & 3) * 8));
    }
    if (at === blocks - 1) words[15] = ascii.length * 8;
    block(state);
  }
  return state;
}

export function leadingZeroBits(digest: Uint32Array): number {
  let bits = 0;
  for (const word of digest) {
    bits += Math.clz32(word);
    if (word !== 0) break;
  }
  return bits;
}
