import * as auth from './auth.ts';
import * as cancellations from './cancellations.ts';
import * as challenges from './challenges.ts';
import * as concerts from './concerts.ts';
import type { Endpoint } from './endpoint.ts';
import * as entries from './entries.ts';
import * as events from './events.ts';
import * as internal from './internal.ts';
import * as ops from './ops.ts';
import * as owners from './owners.ts';
import * as payments from './payments.ts';
import * as points from './points.ts';
import * as queue from './queue.ts';
import * as record from './record.ts';
import * as reservations from './reservations.ts';
import * as simulation from './simulation.ts';
import * as tickets from './tickets.ts';
import * as webhooks from './webhooks.ts';

const isEndpoint = (value: unknown): value is Endpoint =>
  typeof value === 'object' && value !== null && 'method' in value && 'path' in value;

/** Every endpoint of both services, in the order of the files above. */
export const allEndpoints: readonly Endpoint[] = [
  auth,
  queue,
  entries,
  challenges,
  record,
  simulation,
  concerts,
  owners,
  cancellations,
  reservations,
  payments,
  points,
  tickets,
  webhooks,
  events,
  ops,
  internal,
].flatMap((module) => Object.values(module).filter(isEndpoint));

/** What the outside may call; the rest carries guard `service`. */
export const publicEndpoints = allEndpoints.filter((endpoint) => endpoint.guard !== 'service');

/** What the gateway forwards to the core. */
export const forwardedEndpoints = publicEndpoints.filter((endpoint) => endpoint.owner === 'core');
