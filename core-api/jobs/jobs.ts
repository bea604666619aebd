import type { Logger } from '../../shared/logger.ts';
import type { IdempotencyRepository } from '../idempotency/idempotency-repository.ts';
import type { Outbox } from '../outbox/outbox.ts';
import type { OutboxRepository } from '../outbox/outbox-repository.ts';
import type { Relay } from '../outbox/relay.ts';
import type { ExpiryService } from '../reservations/expiry-service.ts';
import { createJobLoop, type JobLoop } from './job-loop.ts';

export interface Jobs {
  start(): void;
  /** Ends after the runs that are under way. */
  close(): Promise<void>;
}

export interface JobsDeps {
  expiry: ExpiryService;
  relay: Relay;
  outbox: Outbox;
  outboxRows: Pick<OutboxRepository, 'removeDelivered'>;
  idempotencyRows: Pick<IdempotencyRepository, 'removeOlderThan'>;
  /** Of the features, beside those above. */
  more: readonly Job[];
  logger: Logger;
}

/** Work that is looked for every `everyMs`, and at once when it is woken. */
export interface Job {
  name: string;
  everyMs: number;
  run: () => Promise<'more' | 'idle'>;
  /** Where the feature leaves who is to be told that there is work. */
  onWake?: (listener: () => void) => void;
  /** Ends what a run has left under way. */
  close?: () => Promise<void>;
}

const tidyBatchMax = 500;
const keysKeptHours = 24;
const deliveredKeptHours = 72;

/** Everything that runs without being asked, on every instance at once. */
export function createJobs(deps: JobsDeps): Jobs {
  const { expiry, relay, outbox, outboxRows, idempotencyRows, more, logger } = deps;

  async function tidy(): Promise<'more' | 'idle'> {
    const batchMax = tidyBatchMax;
    const removed = [
      await idempotencyRows.removeOlderThan({ hours: keysKeptHours, batchMax }),
      await outboxRows.removeDelivered({ olderThanHours: deliveredKeptHours, batchMax }),
    ];
    return removed.includes(batchMax) ? 'more' : 'idle';
  }

  const loop = (name: string, everyMs: number, run: () => Promise<'more' | 'idle'>): JobLoop =>
    createJobLoop({ name, everyMs, run, pauseMaxMs: Math.max(everyMs, 5_000), logger });
  const relayLoop = loop('relay', 200, relay.deliverDue);
  const featureLoops = more.map(({ name, everyMs, run, onWake }) => {
    const featureLoop = loop(name, everyMs, run);
    onWake?.(featureLoop.wake);
    return featureLoop;
  });
  const loops = [
    relayLoop,
    ...featureLoops,
    loop('expiry', 1_000, expiry.expireOverdue),
    loop('tidy', 60_000, tidy),
  ];

  return {
    start: () => {
      outbox.onKick(relayLoop.wake);
      for (const each of loops) each.start();
    },
    close: async () => {
      outbox.onKick(() => undefined);
      await Promise.all(loops.map((each) => each.close()));
      await Promise.all(more.map(async ({ close }) => close?.()));
    },
  };
}
