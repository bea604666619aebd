import { Problem, type ProblemCode } from '../../shared/problems.ts';

/** Nobody took the request: nothing can have happened. */
const unreachable = new Set([
  'EADDRNOTAVAIL',
  'EAI_AGAIN',
  'ECONNREFUSED',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOENT',
  'ENOTFOUND',
  'UND_ERR_CLOSED',
  'UND_ERR_CONNECT_TIMEOUT',
  'UND_ERR_DESTROYED',
]);
const tooSlow = new Set(['UND_ERR_BODY_TIMEOUT', 'UND_ERR_HEADERS_TIMEOUT']);
/** The connection ended under the request; on an idle one that is a race both sides can lose. */
const reset = new Set(['ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET']);

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error ? String(error.code) : '';

export function failureCode(error: unknown): ProblemCode {
  const code = codeOf(error);
  if (unreachable.has(code)) return 'unavailable';
  return tooSlow.has(code) ? 'gateway-timeout' : 'bad-gateway';
}

/** What the caller reads when the core gave no answer. */
export const failureProblem = (error: unknown): Problem =>
  error instanceof Problem ? error : new Problem(failureCode(error), { cause: error });

export const isReset = (error: unknown): boolean => reset.has(codeOf(error));
