import { z } from 'zod';
import { defineEndpoint } from './endpoint.ts';
import { coreLoad } from './internal.ts';

const health = z.object({
  status: z.enum(['ok', 'down']),
  checks: z.record(z.string(), z.enum(['ok', 'down'])).optional(),
});

export const healthLive = defineEndpoint({
  name: 'healthLive',
  method: 'GET',
  path: '/health/live',
  summary: 'The process runs',
  owner: 'gateway',
  guard: 'open',
  status: 200,
  reply: health,
});

export const healthReady = defineEndpoint({
  name: 'healthReady',
  method: 'GET',
  path: '/health/ready',
  summary: 'Requests can be served: Redis, and the core with MySQL and its migrations',
  owner: 'gateway',
  guard: 'open',
  status: 200,
  reply: health,
  problems: ['unavailable'],
});

export const getMetrics = defineEndpoint({
  name: 'getMetrics',
  method: 'GET',
  path: '/metrics',
  summary: 'Metrics for Prometheus, with `Authorization: Bearer <METRICS_TOKEN>`',
  owner: 'gateway',
  guard: 'open',
  status: 200,
  reply: z.string(),
  mediaType: 'text/plain',
  problems: ['access-token-required', 'access-token-invalid', 'not-found'],
});

export const getCoreLoad = defineEndpoint({
  name: 'getCoreLoad',
  method: 'GET',
  path: '/admin/load',
  summary: 'How hard the core works, over the last seconds',
  owner: 'gateway',
  guard: 'admin',
  status: 200,
  reply: coreLoad,
});

export const getJwks = defineEndpoint({
  name: 'getJwks',
  method: 'GET',
  path: '/.well-known/jwks.json',
  summary: 'Public keys of access and active tokens (RFC 7517)',
  owner: 'gateway',
  guard: 'open',
  status: 200,
  reply: z.object({ keys: z.array(z.record(z.string(), z.unknown())) }),
});

export const getOpenApi = defineEndpoint({
  name: 'getOpenApi',
  method: 'GET',
  path: '/openapi.json',
  summary: 'This document',
  owner: 'gateway',
  guard: 'open',
  conditional: true,
  status: 200,
  reply: z.record(z.string(), z.unknown()),
});
