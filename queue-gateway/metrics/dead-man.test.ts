import { expect } from 'chai';
import { createDeadMan, type Movement } from './dead-man.ts';

describe('dead men', () => {
  let nowMs = 0;
  let look: ReturnType<typeof createDeadMan>;
  const calm = { isOpen: true, front: 5, tail: 9, admitted: 5, activated: 4 };
  const after = (seconds: number, seen: Partial<Movement>) => {
    nowMs += seconds * 1_000;
    return look('1', { ...calm, ...seen });
  };
  beforeEach(() => {
    look = createDeadMan(() => nowMs);
    look('1', calm);
  });

  it('say how long the front has stood while the tail grew', () => {
    expect(after(60, {}).frontStuckSeconds, 'nobody new').to.equal(0);
    expect(after(10, { tail: 20 }).frontStuckSeconds).to.equal(10);
    expect(after(10, { tail: 20 }).frontStuckSeconds).to.equal(20);
    expect(after(10, { tail: 20, front: 6 }).frontStuckSeconds, 'it moves').to.equal(0);
  });

  it('say nothing of a room that is not open', () => {
    expect(after(10, { tail: 20, isOpen: false }).frontStuckSeconds).to.equal(0);
    expect(after(10, { tail: 30 }).frontStuckSeconds, 'counted from the opening').to.equal(0);
  });

  it('say how long people were let in and nobody came', () => {
    expect(after(10, { admitted: 6 }).noArrivalSeconds).to.equal(10);
    expect(after(10, { admitted: 9 }).noArrivalSeconds).to.equal(20);
    expect(after(10, { admitted: 9, activated: 5 }).noArrivalSeconds).to.equal(0);
  });

  it('begin anew when Redis has lost its counters', () => {
    expect(after(10, { admitted: 0, activated: 4 }).noArrivalSeconds).to.equal(0);
  });
});
