/** Signs of life as the bytes of a bitmap: one argument however many they are. */
export interface LifeBitmap {
  /** Where in the bitmap of the room these bytes belong. */
  firstByte: number;
  bytes: Buffer;
}

/** Bit 0 is the highest of a byte, as Redis counts. */
export function toLifeBitmap(numbers: readonly number[]): LifeBitmap {
  let [least, most] = [Infinity, 0];
  for (const number of numbers) {
    least = Math.min(least, number);
    most = Math.max(most, number);
  }
  if (numbers.length === 0) return { firstByte: 0, bytes: Buffer.alloc(0) };
  const firstByte = Math.floor(least / 8);
  const bytes = Buffer.alloc(Math.floor(most / 8) - firstByte + 1);
  for (const number of numbers) {
    const at = Math.floor(number / 8) - firstByte;
    bytes[at] = (bytes[at] ?? 0) | (0x80 >> (number % 8));
  }
  return { firstByte, bytes };
}

/** The numbers whose bits are set. */
export function fromLifeBitmap({ firstByte, bytes }: LifeBitmap): number[] {
  const found: number[] = [];
  for (const [at, byte] of bytes.entries()) {
    for (let bit = 0; byte !== 0 && bit < 8; bit += 1)
      if (byte & (0x80 >> bit)) found.push((firstByte + at) * 8 + bit);
  }
  return found;
}
