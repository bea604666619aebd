import { createHash } from 'node:crypto';

/** Crockford's base 32: no letter that is read as another or as a digit. */
const letters = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
/** 80 bits: not to be guessed, and so hashed without salt. */
export const codeBytes = 10;

/** `7K3M-Q0ZT-…`: 16 letters in fours. */
export function toCode(random: Uint8Array): string {
  let bits = 0n;
  for (const byte of random.subarray(0, codeBytes)) bits = (bits << 8n) | BigInt(byte);
  const text = Array.from(
    { length: 16 },
    (_, at) => letters[Number((bits >> BigInt(75 - 5 * at)) & 31n)],
  );
  return (text.join('').match(/.{4}/g) ?? []).join('-');
}

/** Of a code as a person may have typed it. */
export function codeHash(typed: string): string {
  const plain = typed.toUpperCase().replace(/[\s-]/g, '').replace(/O/g, '0').replace(/[IL]/g, '1');
  return createHash('sha256').update(plain).digest('hex');
}
