import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import { newRegistry } from '../../shared/metrics.ts';

/** Rooms with series of their own; all others together are `other`. */
export const roomsMax = 200;

const waitBuckets = [1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1_200, 1_800, 3_600, 7_200, 14_400];
const forwardBuckets = [0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** The first rooms that are asked for get a label, so that the series stay bounded. */
function createRoomLabels() {
  const known = new Set<string>();
  return (roomId: string): string => {
    if (known.has(roomId)) return roomId;
    if (known.size >= roomsMax) return 'other';
    known.add(roomId);
    return roomId;
  };
}

const makeEvents = (registers: Registry[]) => ({
  problems: new Counter({
    name: 'gateway_problems_total',
    help: 'Calls answered with a problem of the gateway, by its code',
    labelNames: ['code'],
    registers,
  }),
  forwards: new Histogram({
    name: 'gateway_forward_seconds',
    help: 'Forwarded calls until the answer of the core is through, by method and status class',
    labelNames: ['method', 'status'],
    buckets: forwardBuckets,
    registers,
  }),
  joins: new Counter({
    name: 'line_joins_total',
    help: 'Joins by outcome: new, same (the place there was) or a problem code',
    labelNames: ['room', 'outcome'],
    registers,
  }),
  waits: new Histogram({
    name: 'line_wait_seconds',
    help: 'From the waiting token to the turn taken',
    labelNames: ['room'],
    buckets: waitBuckets,
    registers,
  }),
  ticks: new Counter({
    name: 'line_ticks_total',
    help: 'Ticks of rooms by this process',
    registers,
  }),
  tickCalls: new Counter({
    name: 'line_tick_redis_calls_total',
    help: 'Calls to Redis that ticks have cost',
    registers,
  }),
});

const makeRooms = (registers: Registry[]) => {
  const gauge = (name: string, help: string, ...labels: string[]) =>
    new Gauge({ name, help, labelNames: ['room', ...labels], registers });
  return {
    waiting: gauge('line_waiting', 'Living people behind the front'),
    ready: gauge('line_ready', 'Turn come, not taken yet'),
    active: gauge('line_active', 'Turn taken, inside'),
    leases: gauge('line_leases', 'Slots in use: ready and active'),
    front: gauge('line_front', 'Highest number whose turn has come'),
    tail: gauge('line_tail', 'Last number given'),
    returners: gauge('line_returners', 'Late, and in line again'),
    seatsLeft: gauge('line_seats_left', 'Seats that can be sold, as the line knows'),
    admissions: gauge('line_admissions_total', 'People let in since the room was made'),
    arrivals: gauge('line_arrivals_total', 'Turns taken since the room was made'),
    returned: gauge('line_returned_total', 'Of those let in, people who had been late'),
    passed: gauge('line_passed_total', 'Numbers passed over: left, or no sign of life'),
    ended: gauge('line_ended_total', 'Slots given back by reason; missed is a no-show', 'reason'),
    limit: gauge('line_limit', '1 for what keeps more people from being let in', 'limit'),
    frontStuck: gauge('line_front_stuck_seconds', 'The tail grows and the front stands, open'),
    noArrival: gauge('line_no_arrival_seconds', 'People are let in and nobody comes'),
  };
};

/** What the gateway counts. Nothing here asks anybody: it is told. */
export function createGatewayMetrics() {
  const registry = newRegistry();
  const registers = [registry];
  return {
    registry,
    roomLabel: createRoomLabels(),
    ...makeEvents(registers),
    rooms: makeRooms(registers),
    streams: new Gauge({
      name: 'line_streams',
      help: 'Event streams open at this process',
      registers,
    }),
    known: new Gauge({
      name: 'line_rooms',
      help: 'Rooms this process knows',
      registers,
    }),
  };
}

export type GatewayMetrics = ReturnType<typeof createGatewayMetrics>;
