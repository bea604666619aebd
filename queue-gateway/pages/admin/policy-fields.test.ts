import { expect } from 'chai';
import type { Policy } from '../../../shared/contracts/queue.ts';
import { changesOf, readPolicy } from './policy-fields.ts';
import { fromZonedInput, toZonedInput } from './zoned-input-rules.ts';

const base: Policy = {
  version: 3,
  maxActive: 100,
  admitPerSecond: 50,
  claimSeconds: 60,
  activeSeconds: 600,
  idleSeconds: 300,
  graceSeconds: 300,
  maxWaiting: 1_000_000,
  opensAt: '2031-05-01T10:30:17.000Z',
  preQueueOpensAt: null,
  order: 'fifo',
  message: null,
  recordPublic: false,
  challenge: 'none',
  powDifficulty: 16,
};

const asTyped = (changes: Record<string, string>): URLSearchParams =>
  new URLSearchParams({
    maxActive: '100',
    admitPerSecond: '50',
    claimSeconds: '60',
    activeSeconds: '600',
    idleSeconds: '300',
    graceSeconds: '300',
    maxWaiting: '1000000',
    powDifficulty: '16',
    opensAt: '2031-05-01T19:30',
    preQueueOpensAt: '',
    order: 'fifo',
    challenge: 'none',
    ...changes,
  });

describe('the policy editor', () => {
  it('sends nothing of what was left alone, seconds that it does not show neither', () => {
    expect(changesOf(base, readPolicy(asTyped({})))).to.deep.equal({});
  });

  it('sends what was changed, taken away, or put in the zone of the event', () => {
    const typed = asTyped({ maxActive: '7', opensAt: '', preQueueOpensAt: '2031-05-01T09:00' });
    expect(changesOf(base, readPolicy(typed))).to.deep.equal({
      maxActive: 7,
      opensAt: null,
      preQueueOpensAt: '2031-05-01T00:00:00.000Z',
    });
  });

  it('leaves what is no moment to the API', () => {
    expect(toZonedInput(null)).to.equal('');
    expect(fromZonedInput('soon')).to.equal('soon');
    expect(toZonedInput('soon')).to.equal('soon');
    expect(fromZonedInput(toZonedInput('2031-05-01T10:30:00.000Z'))).to.equal(
      '2031-05-01T10:30:00.000Z',
    );
  });
});
