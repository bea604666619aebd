import { expect } from 'chai';
import { seatsOf, seedPlan } from '../../../scripts/seed/seed-plan.ts';
import { alternativesTo, type HallSeat, type HallTier, neighbour, planHall } from './hall-rules.ts';

function layoutOf(hallIndex: number) {
  const rows = seatsOf(seedPlan(0)[hallIndex]?.hall ?? []);
  const tiers: HallTier[] = [];
  const seats = rows.map(({ seatNum, price, block }): HallSeat => {
    let tier = tiers.findIndex((one) => one.block === block);
    if (tier === -1) tier = tiers.push({ block, price }) - 1;
    return [String(seatNum), seatNum, tier];
  });
  return { tiers, seats };
}

describe('the drawing of a hall', () => {
  for (const [name, index, count] of [
    ['the club', 0, 50],
    ['the arena', 3, 20_000],
  ] as const) {
    it(`gives every seat of ${name} a place of its own, inside the bounds`, () => {
      const { tiers, seats } = layoutOf(index);
      const hall = planHall(tiers, seats);
      expect(seats).to.have.length(count);
      const taken = new Set<string>();
      for (let seat = 0; seat < count; seat += 1) {
        const [x, y] = [hall.x[seat] ?? NaN, hall.y[seat] ?? NaN];
        expect(x).to.be.within(hall.bounds.left, hall.bounds.right);
        expect(y).to.be.within(hall.bounds.top, hall.bounds.bottom);
        taken.add(`${Math.round(x * 1.6)} ${Math.round(y * 1.6)}`);
      }
      expect(taken.size, 'seats on top of each other').to.be.greaterThan(count * 0.8);
    });
  }

  it('leads by arrow keys from seat to seat and back', () => {
    const { tiers, seats } = layoutOf(0);
    const hall = planHall(tiers, seats);
    expect(neighbour(hall, 0, [1, 0])).to.equal(1);
    expect(neighbour(hall, 1, [-1, 0])).to.equal(0);
    const below = neighbour(hall, 0, [0, 1]);
    expect(hall.y[below]).to.be.greaterThan(hall.y[0] ?? 0);
    expect(neighbour(hall, below, [0, -1])).to.equal(0);
  });

  it('finds free seats of the same block near those that were lost', () => {
    const { tiers, seats } = layoutOf(0);
    const hall = planHall(tiers, seats);
    expect(alternativesTo(hall, [0, 1], (index) => index !== 2)).to.have.members([5, 6]);
    expect(alternativesTo(hall, [0], () => false)).to.deep.equal([]);
  });
});
