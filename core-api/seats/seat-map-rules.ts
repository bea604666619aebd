import { digestOf } from '../http/document.ts';
import type { LayoutTuple, SeatStateRow, SeatTuple } from './seat-repository.ts';

/** Every value is a number or a word of ours, so that nothing needs escaping. */
export function listJson(rows: readonly SeatTuple[]): string {
  const items = rows.map(
    ([seatId, seatNum, price, seatStatus]) =>
      `{"seatId":"${seatId}","seatNum":${seatNum},"price":${price},"seatStatus":"${seatStatus}"}`,
  );
  return `{"items":[${items.join(',')}],"nextCursor":null}`;
}

/** Seats by number; block and price, which many share, stand once. */
export function layoutJson(layoutVersion: number, rows: readonly LayoutTuple[]): string {
  const tiers: { block: string | null; price: number }[] = [];
  const indexOf = new Map<string, number>();
  const seats = rows.map(([seatId, seatNum, price, block]) => {
    const key = `${price} ${block ?? ''}${block === null ? ' -' : ''}`;
    let tier = indexOf.get(key);
    if (tier === undefined) {
      tier = tiers.push({ block, price }) - 1;
      indexOf.set(key, tier);
    }
    return [String(seatId), seatNum, tier];
  });
  return JSON.stringify({ layoutVersion, tiers, seats });
}

/** The state of a date's seats at one moment. */
export interface SeatSnapshot extends SeatStateRow {
  /** The same for the same layout and the same characters, whichever process made it. */
  version: string;
}

export const toSnapshot = (row: SeatStateRow): SeatSnapshot => ({
  ...row,
  version: digestOf(`${row.layoutVersion}:${row.seats}`),
});

/** Beyond this many the whole state is shorter. */
const changesMax = 1_000;

/** What is new in `to`; undefined when that is too much, or the layouts are not the same. */
export function changesBetween(
  from: SeatSnapshot,
  to: SeatSnapshot,
): [number, string][] | undefined {
  if (from.layoutVersion !== to.layoutVersion || from.seats.length !== to.seats.length) {
    return undefined;
  }
  const changes: [number, string][] = [];
  for (let index = 0; index < to.seats.length; index += 1) {
    const now = to.seats[index] ?? '';
    if (now === from.seats[index]) continue;
    if (changes.length === changesMax) return undefined;
    changes.push([index, now]);
  }
  return changes;
}

export const stateJson = ({ version, layoutVersion, seats }: SeatSnapshot): string =>
  JSON.stringify({ version, layoutVersion, seats });
