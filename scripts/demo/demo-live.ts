import type { Room } from '../../shared/contracts/queue.ts';
import type { ApiClient } from '../client/api-client.ts';
import type { DemoTally } from './demo-tally.ts';

const everyMs = 1_000;

/** A line a second: who waits, who is inside, what is held and sold. */
export function printLive(options: { api: ApiClient; concertId: string; tally: DemoTally }): {
  stop(): Promise<void>;
} {
  const { api, concertId, tally } = options;
  const startedAt = performance.now();
  let pending: Promise<void> = Promise.resolve();
  const print = async () => {
    const { status, body } = await api.call<Room>('GET', `/queue/${concertId}`);
    if (status !== 200) return;
    const seconds = ((performance.now() - startedAt) / 1_000).toFixed(0).padStart(4);
    console.log(
      `${seconds} s  ${body.phase.padEnd(15)} waiting ${body.waiting}  active ${body.active}  ` +
        `held ${tally.held - tally.sold}  sold ${tally.sold}  done ${tally.finished}`,
    );
  };
  const timer = setInterval(() => {
    pending = pending.then(print).catch(() => undefined);
  }, everyMs);
  return {
    stop: async () => {
      clearInterval(timer);
      await pending;
      await print();
    },
  };
}
