import type { Tx } from '../db/transaction.ts';
import { seatTaken } from './hold-rules.ts';
import type { PickRepository, PickWish } from './pick-repository.ts';
import { type FreeSeat, rankGroups } from './pick-rules.ts';

/** Too few free seats could be locked; others hold locks on some, so it is no answer yet. */
export class SeatsInFlight extends Error {
  override readonly name = 'SeatsInFlight';
}

/**
 * Best available: locks so many free seats for the transaction, side by side and leaving no lone
 * seat where that can be had at once, else the lowest numbers. It never waits for another buyer.
 * @throws Problem `seat-taken` when too few are free, `SeatsInFlight` when others may yet let go.
 */
export type PickSeats = (tx: Tx, wish: PickWish, count: number) => Promise<string[]>;

/** How far to look for seats side by side: so many free seats at a time, so many times. */
const windowMax = 400;
const windowsMax = 25;
const groupTries = 4;
/** After the best group was lost, rivals spread over so many of the next ones. */
const spread = 12;

export function createPickSeats(picks: PickRepository, random: () => number = Math.random) {
  /** Those of the lowest window that has any. */
  async function groupsOf(tx: Tx, wish: PickWish, count: number): Promise<FreeSeat[][]> {
    for (let windows = 0, after = 0; windows < windowsMax; windows += 1) {
      const seats = await picks.window(tx, wish, { after, limit: windowMax });
      const groups = rankGroups(seats, count);
      if (groups.length > 0 || seats.length < windowMax) return groups;
      // Its last seats may be the first ones of a group.
      after = seats.at(-count)?.seatNum ?? after;
    }
    return [];
  }

  const pickSeats: PickSeats = async (tx, wish, count) => {
    const groups = await groupsOf(tx, wish, count);
    for (let tries = 0; tries < groupTries && groups.length > 0; tries += 1) {
      const at = tries === 0 ? 0 : Math.floor(random() * Math.min(spread, groups.length));
      const [group = []] = groups.splice(at, 1);
      if (await picks.lockGroup(tx, group)) return group.map(({ seatId }) => seatId);
    }
    const lowest = await picks.lockLowest(tx, wish, count);
    if (lowest.length === count) return lowest;
    if ((await picks.countFree(tx, wish)) >= count) throw new SeatsInFlight();
    throw seatTaken([]);
  };
  return pickSeats;
}
