import type { Fan } from '../client/fan.ts';
import { type MadeConcert, makeConcert } from '../client/make-concert.ts';

export const demoPrice = 55_000;

export type DemoConcert = MadeConcert;

/** A new concert with one date, so that a demo never meets the sales of another one. */
export function createDemoConcert(
  owner: Fan,
  { seats, fans }: { seats: number; fans: number },
): Promise<DemoConcert> {
  return makeConcert(owner, {
    concertName: `Demo ${new Date().toISOString()}`,
    seats,
    price: demoPrice,
    // Fewer slots than fans, so that there is a line to see.
    policy: { maxActive: Math.floor(Math.min(40, Math.max(10, fans / 10))), admitPerSecond: 40 },
  });
}
