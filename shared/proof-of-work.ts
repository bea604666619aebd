/**
 * Proof of work over SHA-256 (FIPS 180-4): find a decimal number so that the hash of `prefix` and
 * that number begins with `difficulty` zero bits. One more bit is twice the work. This file imports
 * nothing, so that a page or a worker of a page can be built with it.
 */
export interface WorkTask {
  /** ASCII, at most 44 characters: with the number it fits into one block. */
  prefix: string;
  /** Zero bits, up to 32. */
  difficulty: number;
}

const maxPrefixLength = 44;
/** The last number tried; at 24 bits the chance of not having found one by then is e^-256. */
const maxNumber = 2 ** 32;
/** Numbers looked at between two rests: some hundredths of a second. */
const sliceSize = 20_000;

const roundConstants = Int32Array.from(
  (
    '428a2f98 71374491 b5c0fbcf e9b5dba5 3956c25b 59f111f1 923f82a4 ab1c5ed5 ' +
    'd807aa98 12835b01 243185be 550c7dc3 72be5d74 80deb1fe 9bdc06a7 c19bf174 ' +
    'e49b69c1 efbe4786 0fc19dc6 240ca1cc 2de92c6f 4a7484aa 5cb0a9dc 76f988da ' +
    '983e5152 a831c66d b00327c8 bf597fc7 c6e00bf3 d5a79147 06ca6351 14292967 ' +
    '27b70a85 2e1b2138 4d2c6dfc 53380d13 650a7354 766a0abb 81c2c92e 92722c85 ' +
    'a2bfe8a1 a81a664b c24b8b70 c76c51a3 d192e819 d6990624 f40e3585 106aa070 ' +
    '19a4c116 1e376c08 2748774c 34b0bcb5 391c0cb3 4ed8aa4a 5b9cca4f 682e6ff3 ' +
    '748f82ee 78a5636f 84c87814 8cc70208 90befffa a4506ceb bef9a3f7 c67178f2'
  )
    .split(' ')
    .map((word) => parseInt(word, 16)),
);

const turn = (word: number, bits: number): number => (word >>> bits) | (word << (32 - bits));

const at = (words: Int32Array, index: number): number => words[index] as number;

/** The first 32 bits of the hash of one padded block. `words` has room for the schedule: 64. */
function firstWord(words: Int32Array): number {
  for (let i = 16; i < 64; i += 1) {
    const w15 = at(words, i - 15);
    const w2 = at(words, i - 2);
    const s0 = turn(w15, 7) ^ turn(w15, 18) ^ (w15 >>> 3);
    const s1 = turn(w2, 17) ^ turn(w2, 19) ^ (w2 >>> 10);
    words[i] = (at(words, i - 16) + s0 + at(words, i - 7) + s1) | 0;
  }
  let [a, b, c, d] = [0x6a09e667, 0xbb67ae85 | 0, 0x3c6ef372, 0xa54ff53a | 0];
  let [e, f, g, h] = [0x510e527f, 0x9b05688c | 0, 0x1f83d9ab, 0x5be0cd19];
  for (let i = 0; i < 64; i += 1) {
    const s1 = turn(e, 6) ^ turn(e, 11) ^ turn(e, 25);
    const t1 = (h + s1 + ((e & f) ^ (~e & g)) + at(roundConstants, i) + at(words, i)) | 0;
    const s0 = turn(a, 2) ^ turn(a, 13) ^ turn(a, 22);
    const t2 = (s0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
    h = g;
    g = f;
    f = e;
    e = (d + t1) | 0;
    d = c;
    c = b;
    b = a;
    a = (t1 + t2) | 0;
  }
  return (0x6a09e667 + a) >>> 0;
}

/** Text as one padded block, big-endian (FIPS 180-4 §5.1.1). */
function fillBlock(words: Int32Array, text: string): void {
  words.fill(0, 0, 16);
  const put = (index: number, byte: number): void => {
    words[index >> 2] = at(words, index >> 2) | (byte << (24 - 8 * (index & 3)));
  };
  for (let index = 0; index < text.length; index += 1) put(index, text.charCodeAt(index));
  put(text.length, 0x80);
  words[15] = text.length * 8;
}

/** The first number from `from` on that does it, before `until`. */
function searchSlice(task: WorkTask, from: number, until: number): number | undefined {
  const words = new Int32Array(64);
  const limit = 2 ** (32 - task.difficulty);
  for (let number = from; number < until; number += 1) {
    fillBlock(words, task.prefix + String(number));
    if (firstWord(words) < limit) return number;
  }
  return undefined;
}

/**
 * Does the work, and rests now and then so that a page stays alive.
 * @param rest gives others a turn; a timer of no length unless said.
 * @throws RangeError for a task that is none.
 */
export async function solveWork(
  task: WorkTask,
  rest: () => Promise<unknown> = () => new Promise((resolve) => setTimeout(resolve)),
): Promise<string> {
  if (task.prefix.length > maxPrefixLength) throw new RangeError('the prefix is too long');
  for (let from = 0; from < maxNumber; from += sliceSize) {
    const found = searchSlice(task, from, from + sliceSize);
    if (found !== undefined) return String(found);
    await rest();
  }
  throw new RangeError('no number does it');
}

/** Whether a SHA-256 hash begins with so many zero bits. */
export function hasZeroBits(hash: Uint8Array, bits: number): boolean {
  const view = new DataView(hash.buffer, hash.byteOffset, hash.byteLength);
  return view.getUint32(0) < 2 ** (32 - bits);
}
