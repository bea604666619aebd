import { expect } from 'chai';
import { type SaleFacts, saleStateOf } from './concert-rules.ts';

const onSale: SaleFacts = {
  status: 'ACTIVE',
  isEarly: false,
  hasSchedules: true,
  isOver: false,
  hasSeats: true,
  hasFreeSeat: true,
};

describe('the state of a sale', () => {
  const table: [string, Partial<SaleFacts>, string][] = [
    ['seats are free', {}, 'ON_SALE'],
    ['no seat is free', { hasFreeSeat: false }, 'SOLD_OUT'],
    ['it opens later', { isEarly: true }, 'SCHEDULED'],
    ['it opens later and no seat is free', { isEarly: true, hasFreeSeat: false }, 'SCHEDULED'],
    ['there are no dates yet', { hasSchedules: false, hasSeats: false }, 'SCHEDULED'],
    ['there are no seats yet', { hasSeats: false, hasFreeSeat: false }, 'SCHEDULED'],
    ['every date is past', { isOver: true, hasFreeSeat: false }, 'CLOSED'],
    ['every date is past and it opens later', { isOver: true, isEarly: true }, 'CLOSED'],
    ['it was withdrawn', { status: 'INACTIVE' }, 'CLOSED'],
    ['it was withdrawn before it opened', { status: 'INACTIVE', isEarly: true }, 'CLOSED'],
  ];
  for (const [when, facts, state] of table) {
    it(`is ${state} when ${when}`, () => {
      expect(saleStateOf({ ...onSale, ...facts })).to.equal(state);
    });
  }
});
