import { createHash, createHmac, createSecretKey } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type { RoomSetting } from '../../shared/contracts/internal.ts';
import { type DrawFacts, drawPlace, seedText } from '../../shared/draw.ts';

/** The number of a registration index, computed when it is asked for; 0 before the draw. */
export type DrawnNumbers = (index: number) => number;

/** About 60 bytes each; a number costs some 20 HMACs to compute anew. */
const rememberedMax = 100_000;

const notDrawn: DrawnNumbers = () => 0;

/** What a setting says of a draw that has taken place. */
export function toDrawFacts({ concertId, draw }: RoomSetting): DrawFacts | undefined {
  if (!draw || draw.registered === null || draw.base === null) return undefined;
  if (draw.digest === null || draw.secret === null) return undefined;
  const { registered, base, digest, secret } = draw;
  return { concertId, registered, base, digest, secret };
}

/** The same for a room whose setting changes. */
export function createNumbersOfRoom(): (setting: RoomSetting, index: number) => number {
  let last: { setting: RoomSetting; numbers: DrawnNumbers } | undefined;
  return (setting, index) => {
    if (last?.setting !== setting) last = { setting, numbers: createDrawnNumbers(setting) };
    return last.numbers(index);
  };
}

function createDrawnNumbers(setting: RoomSetting): DrawnNumbers {
  const facts = toDrawFacts(setting);
  if (!facts) return notDrawn;
  const { registered, base } = facts;
  const seed = createSecretKey(createHash('sha256').update(seedText(facts)).digest());
  const hmac = (text: string): Uint8Array => createHmac('sha256', seed).update(text).digest();
  const known = new LRUCache<number, number>({ max: rememberedMax });
  return (index) => {
    // An index that was given after the draw was fixed is in a token of no draw of ours.
    if (index > registered) return 0;
    const before = known.get(index);
    if (before !== undefined) return before;
    const number = base + drawPlace(index, registered, hmac);
    known.set(index, number);
    return number;
  };
}
