/**
 * Every error a caller can meet, in one table: only this file knows statuses.
 * The body is RFC 9457 `application/problem+json`; the words here are all that leaves the
 * process. What really happened travels as `cause` and goes to the log.
 */
const table = {
  // Bad input of any kind, whichever floor noticed it.
  'invalid-request': { status: 400, title: 'The request is not valid' },
  'challenge-failed': { status: 400, title: 'The challenge was not passed' },

  // Who are you, and where are you in the line?
  'access-token-required': { status: 401, title: 'Log in first' },
  'access-token-invalid': { status: 401, title: 'The access token is not valid' },
  'bad-credentials': { status: 401, title: 'User name or password is wrong' },
  'assertion-invalid': { status: 401, title: 'The call does not come from a peer service' },
  'signature-invalid': { status: 401, title: 'The signature is not valid' },
  'queue-token-required': { status: 401, title: 'A queue token is required' },
  'queue-token-invalid': { status: 401, title: 'The queue token is not valid' },
  'challenge-required': { status: 403, title: 'This room asks for a challenge first' },
  forbidden: { status: 403, title: 'This account may not do that' },
  'queue-token-not-active': { status: 403, title: 'Your turn has not come yet' },
  'queue-token-wrong-room': { status: 403, title: 'The queue token is for another concert' },
  'queue-token-wrong-user': { status: 403, title: 'The queue token is for another account' },
  'not-found': { status: 404, title: 'There is nothing here' },
  'method-not-allowed': { status: 405, title: 'This method is not offered here' },

  // The state of things says no.
  'user-name-taken': { status: 409, title: 'The user name is taken' },
  'not-your-turn': { status: 409, title: 'Your turn has not come yet' },
  'seat-taken': { status: 409, title: 'Somebody was faster' },
  'seat-limit-exceeded': { status: 409, title: 'More seats than one account may have' },
  'schedule-closed': { status: 409, title: 'This date is not on sale' },
  'hold-expired': { status: 409, title: 'The hold has run out' },
  'hold-extended': { status: 409, title: 'This hold was extended already' },
  'already-paid': { status: 409, title: 'This reservation is paid already' },
  'insufficient-points': { status: 409, title: 'Not enough points' },
  'point-limit-exceeded': { status: 409, title: 'The balance would be too high' },
  'already-refunded': { status: 409, title: 'This payment is refunded already' },
  'refund-closed': { status: 409, title: 'It is too late for a refund' },
  'schedule-cancelled': { status: 409, title: 'This date was cancelled' },
  'ticket-unavailable': { status: 409, title: 'There is no ticket for this reservation' },
  'ticket-refunded': { status: 409, title: 'The seat of this ticket was given back' },
  'ticket-wrong-concert': { status: 409, title: 'The ticket is for another concert or date' },
  'already-checked-in': { status: 409, title: 'Somebody came in with this ticket already' },
  'charge-closed': { status: 409, title: 'This charge has failed or run out' },
  'charge-mismatch': { status: 409, title: 'This is not what was to be charged' },
  'seat-number-taken': { status: 409, title: 'The schedule has such a seat already' },
  'registration-open': { status: 409, title: 'People are registering for the draw' },
  'version-conflict': { status: 409, title: 'Somebody changed this in the meantime' },
  'idempotency-key-in-use': { status: 409, title: 'A call with this key is still running' },
  'queue-token-ended': { status: 410, title: 'This place in the line has ended' },
  'turn-missed': { status: 410, title: 'Your turn has passed' },
  'ticket-invalid': { status: 422, title: 'The ticket is not genuine' },
  'idempotency-key-reused': { status: 422, title: 'The key belongs to another request' },
  'too-many-requests': { status: 429, title: 'Too fast' },

  // Our side.
  internal: { status: 500, title: 'Something went wrong on our side' },
  'bad-gateway': { status: 502, title: 'The reservation service gave no proper answer' },
  unavailable: { status: 503, title: 'Not available at the moment' },
  'room-closed': { status: 503, title: 'The waiting room is closed' },
  'room-full': { status: 503, title: 'The waiting room is full' },
  'gateway-timeout': { status: 504, title: 'The reservation service took too long' },
} as const satisfies Record<string, { status: number; title: string }>;

export type ProblemCode = keyof typeof table;

export const problemCodes = Object.keys(table) as ProblemCode[];

export const problemStatus = (code: ProblemCode): number => table[code].status;

export const problemTitle = (code: ProblemCode): string => table[code].title;

/** One fault of the input: where it is (`body.amount`, `query.limit`) and what is wrong with it. */
export interface FieldError {
  path: string;
  message: string;
}

export interface ProblemOptions {
  /** A sentence for the caller. Never an error message of a library. */
  detail?: string;
  errors?: FieldError[];
  /** Further members of the body, e.g. `{ seatIds }` or `{ reason }`. */
  extra?: Record<string, unknown>;
  /** Answered as `Retry-After`. */
  retryAfterSeconds?: number;
  cause?: unknown;
}

/** The one error that services throw for a caller to read. */
export class Problem extends Error {
  readonly code: ProblemCode;
  readonly detail: string | undefined;
  readonly errors: FieldError[] | undefined;
  readonly extra: Record<string, unknown>;
  readonly retryAfterSeconds: number | undefined;

  constructor(code: ProblemCode, options: ProblemOptions = {}) {
    super(options.detail ?? table[code].title, { cause: options.cause });
    this.name = 'Problem';
    this.code = code;
    this.detail = options.detail;
    this.errors = options.errors;
    this.extra = options.extra ?? {};
    this.retryAfterSeconds = options.retryAfterSeconds ?? (this.status === 503 ? 1 : undefined);
  }

  get status(): number {
    return table[this.code].status;
  }

  /** The body of the answer, RFC 9457 §3. */
  body(requestId: string): ProblemBody {
    return {
      type: `urn:problem:${this.code}`,
      title: table[this.code].title,
      status: this.status,
      code: this.code,
      detail: this.detail ?? table[this.code].title,
      requestId,
      ...(this.errors ? { errors: this.errors } : {}),
      ...this.extra,
    };
  }
}

export interface ProblemBody {
  type: string;
  title: string;
  status: number;
  code: ProblemCode;
  detail: string;
  requestId: string;
  errors?: FieldError[];
  [member: string]: unknown;
}

export const problemMediaType = 'application/problem+json';

/** Anything thrown, as a Problem: what is not one becomes `internal` and keeps its cause. */
export function toProblem(thrown: unknown): Problem {
  return thrown instanceof Problem ? thrown : new Problem('internal', { cause: thrown });
}

/** The Problem that a check throws, as a value; whatever else it throws goes on. */
export function problemOf(check: () => void): Problem | undefined {
  try {
    check();
    return undefined;
  } catch (error) {
    if (error instanceof Problem) return error;
    throw error;
  }
}
