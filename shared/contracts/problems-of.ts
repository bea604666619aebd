import type { ProblemCode } from '../problems.ts';
import type { Endpoint, Guard } from './endpoint.ts';

const accessCodes = ['access-token-required', 'access-token-invalid'] as const;
const queueCodes = [
  'queue-token-required',
  'queue-token-invalid',
  'queue-token-wrong-room',
  'queue-token-ended',
] as const;
const activeCodes = [...queueCodes, 'queue-token-wrong-user', 'queue-token-not-active'] as const;

/** What a guard can refuse with. `active` reads an access token only when one comes along. */
const guardCodes: Record<Guard, readonly ProblemCode[]> = {
  open: [],
  user: accessCodes,
  admin: [...accessCodes, 'forbidden'],
  queue: queueCodes,
  active: ['access-token-invalid', ...activeCodes],
  'active+user': [...accessCodes, ...activeCodes],
  service: ['assertion-invalid'],
};

/** Calls that the gateway cannot answer without the core. */
const needsCore = ({ owner, guard }: Endpoint): boolean => owner === 'core' || guard === 'admin';

/** Every code a call can be answered with, in the order of the table's statuses. */
export function problemsOf(endpoint: Endpoint): ProblemCode[] {
  const { params, guard, idempotent, problems = [] } = endpoint;
  const codes: ProblemCode[] = [
    'invalid-request',
    ...guardCodes[guard],
    ...(params ? ['not-found' as const] : []),
    ...problems,
    ...(idempotent ? (['idempotency-key-in-use', 'idempotency-key-reused'] as const) : []),
    'too-many-requests',
    'internal',
    ...(needsCore(endpoint) ? (['bad-gateway', 'gateway-timeout'] as const) : []),
    'unavailable',
  ];
  return [...new Set(codes)];
}
