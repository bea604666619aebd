import { type Problem, problemOf } from '../../shared/problems.ts';
import { checkHold, type HoldWish } from './hold-rules.ts';

/** A hold of seats by id, as one of a batch. */
export interface SeatWish {
  wish: Omit<HoldWish, 'seats'> & { seats: { ids: readonly string[] } };
  entryId: string | null;
}

/** What was read for all wishes of a batch. */
export interface BatchFacts {
  dates: readonly { scheduleId: number; concertId: number; seatsPerUser: number; isOpen: 0 | 1 }[];
  /** Only accounts that have a seat. */
  counts: readonly { userId: number; concertId: number; seats: number }[];
  /** Left out where the seats are not known yet. */
  seats?: readonly { seatId: number; scheduleId: number; isFree: 0 | 1 }[] | undefined;
}

/** The refusal of each wish by the rules of a single hold; nothing where it may go on. */
export function refusalsOf(
  wishes: readonly SeatWish[],
  { dates, counts, seats }: BatchFacts,
): (Problem | undefined)[] {
  const dateOf = new Map(dates.map((date) => [`${date.concertId} ${date.scheduleId}`, date]));
  const countOf = new Map(counts.map((row) => [`${row.userId} ${row.concertId}`, row.seats]));
  const seatOf = new Map(seats?.map((seat) => [`${seat.scheduleId} ${seat.seatId}`, seat]));
  return wishes.map(({ wish }) => {
    const { userId, concertId, scheduleId } = wish;
    const date = dateOf.get(`${concertId} ${scheduleId}`);
    const sale = date && {
      isOpen: date.isOpen === 1,
      seatsPerUser: date.seatsPerUser,
      seatsOfUser: countOf.get(`${userId} ${concertId}`) ?? 0,
    };
    const found = wish.seats.ids.flatMap((seatId) => {
      const seat = seatOf.get(`${scheduleId} ${seatId}`);
      return seat ? [{ seatId, isFree: seat.isFree === 1 }] : [];
    });
    return problemOf(() => checkHold(wish, sale, seats && found));
  });
}
