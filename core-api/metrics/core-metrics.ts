import { Counter, Gauge, Histogram } from 'prom-client';
import { newRegistry } from '../../shared/metrics.ts';
import { createActing } from './acting.ts';

const durationBuckets = [0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** What the core counts. Nothing here asks anybody: it is told. */
export function createCoreMetrics() {
  const registry = newRegistry();
  const registers = [registry];
  const gauge = (name: string, help: string, ...labelNames: string[]) =>
    new Gauge({ name, help, labelNames, registers });
  return {
    registry,
    acting: createActing(() => performance.now()),
    answers: new Counter({
      name: 'core_answers_total',
      help: 'Answered calls by endpoint and code: ok, or the problem they were refused with',
      labelNames: ['endpoint', 'code'],
      registers,
    }),
    durations: new Histogram({
      name: 'core_request_seconds',
      help: 'From the request to the end of its answer, by endpoint',
      labelNames: ['endpoint'],
      buckets: durationBuckets,
      registers,
    }),
    delivered: new Counter({
      name: 'core_events_delivered_total',
      help: 'Events the gateway has taken, by type; reservation.expired are holds that ran out',
      labelNames: ['type'],
      registers,
    }),
    poolWait: gauge('core_pool_wait_seconds', 'Mean wait for a connection to MySQL just now'),
    lockWait: gauge('core_lock_wait_seconds', 'Mean wait for a lock just now'),
    outboxLag: gauge('core_outbox_lag_seconds', 'Age of the oldest event that waits'),
    outboxWaiting: gauge('core_outbox_waiting', 'Events that wait to be delivered'),
    outboxParked: gauge('core_outbox_parked', 'Events refused for good, for a person to look at'),
    overdue: gauge('core_holds_overdue', 'Holds past their time and not tidied up yet'),
    holders: gauge('core_people_holding', 'Accounts that hold a seat now', 'room'),
    actingNow: gauge(
      'core_people_acting',
      'Entries that called this process within the last minute',
      'room',
    ),
  };
}

export type CoreMetrics = ReturnType<typeof createCoreMetrics>;
