import { expect } from 'chai';
import { Problem } from '../../shared/problems.ts';
import { checkHold, checkRelease, type HoldWish, type OwnReservation } from './hold-rules.ts';

const wishOf = (seats: HoldWish['seats']): HoldWish => ({
  userId: '1',
  concertId: '1',
  scheduleId: '1',
  seats,
});
const open = { isOpen: true, seatsPerUser: 4, seatsOfUser: 0 };

function refusal(call: () => unknown): { code?: string; seatIds?: unknown } {
  try {
    call();
    return {};
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    const { seatIds } = error.extra;
    return { code: error.code, ...(seatIds === undefined ? {} : { seatIds }) };
  }
}

describe('hold rules', () => {
  /** Each line has every fault of the lines below it as well: the first one is told. */
  const lines = [
    ['no such date', undefined, ['7'], { code: 'not-found' }],
    ['date closed', { ...open, isOpen: false, seatsOfUser: 4 }, ['7'], { code: 'schedule-closed' }],
    [
      'no such seat',
      { ...open, seatsOfUser: 4 },
      ['5', '7'],
      { code: 'not-found', seatIds: ['7'] },
    ],
    ['too many seats', { ...open, seatsOfUser: 4 }, ['5'], { code: 'seat-limit-exceeded' }],
    ['seat taken', open, ['4', '5'], { code: 'seat-taken', seatIds: ['5'] }],
  ] as const;

  for (const [what, sale, ids, expected] of lines) {
    it(`tells first: ${what}`, () => {
      const seats = [
        { seatId: '4', isFree: true },
        { seatId: '5', isFree: false },
      ];
      expect(refusal(() => checkHold(wishOf({ ids }), sale, seats))).to.deep.equal(expected);
    });
  }

  it('allows as many seats as the account may have, and not one more', () => {
    const sale = { ...open, seatsOfUser: 2 };
    expect(refusal(() => checkHold(wishOf({ quantity: 2 }), sale))).to.deep.equal({});
    expect(refusal(() => checkHold(wishOf({ quantity: 3 }), sale))).to.deep.equal({
      code: 'seat-limit-exceeded',
    });
  });

  it('releases a hold in time, once more without a fault, and nothing else', () => {
    const own = (status: OwnReservation['status'], isOverdue = false): OwnReservation => ({
      reservationId: '1',
      seatId: '1',
      status,
      isOverdue,
    });
    expect(checkRelease(own('HELD'))).to.equal('release');
    expect(checkRelease(own('CANCELLED', true))).to.equal('released');
    const refused = [undefined, own('CONFIRMED', true), own('EXPIRED'), own('HELD', true)];
    expect(refused.map((one) => refusal(() => checkRelease(one)).code)).to.deep.equal([
      'not-found',
      'already-paid',
      'hold-expired',
      'hold-expired',
    ]);
  });
});
