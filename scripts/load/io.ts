/**
 * What a fan of a load test needs of the program that drives it. k6 and our own driver each
 * implement it, so that the journeys are written once.
 */
export interface FanIo {
  /** Asks the gateway; how long it took is noted under `name`. Never throws: no answer is 0. */
  call<Body>(name: CallName, request: CallRequest): Promise<Reply<Body>>;
  waitMs(ms: number): Promise<void>;
  /** Waits by a stream of events; only where the driver can. Never throws. */
  listen?(request: ListenRequest): Promise<ListenEnd>;
  /** Unix time in ms. */
  nowMs(): number;
  /** From 0 to below 1. */
  random(): number;
  count(name: CountName, by?: number): void;
  note(name: SpanName, ms: number): void;
  /** The last one counts. */
  gauge(name: GaugeName, value: number): void;
}

export interface CallRequest {
  method: 'GET' | 'POST' | 'DELETE';
  path: string;
  accessToken?: string;
  queueToken?: string;
  body?: unknown;
  /** Statuses. Every other answer counts as unexpected, and fails the run. */
  expected: readonly number[];
  /** A problem that is expected too, though its status is not: its `code` and its `detail`. */
  expectedProblem?: ProblemWords;
}

export interface ProblemWords {
  code: string;
  detail: string;
}

export function isProblem(body: unknown, { code, detail }: ProblemWords): boolean {
  const words = body as Partial<ProblemWords> | undefined;
  return words?.code === code && words.detail === detail;
}

export function isExpected(request: CallRequest, { status, body }: Reply<unknown>): boolean {
  const { expected, expectedProblem } = request;
  return (
    expected.includes(status) || (expectedProblem !== undefined && isProblem(body, expectedProblem))
  );
}

export interface ListenRequest {
  path: string;
  queueToken?: string;
  /** Sees the data of each event; true ends it. */
  until: (data: string) => boolean;
  maxMs: number;
}

/** `late`: `maxMs` passed. `refused`: the server has no stream for us. */
export type ListenEnd = 'over' | 'late' | 'refused';

export interface Reply<Body> {
  /** 0: no answer came. */
  status: number;
  /** Of a JSON answer, whatever its status; else undefined. */
  body: Body | undefined;
}

/** Each call has its latencies under its name. */
export const callNames = [
  'join',
  'status',
  'events',
  'activate',
  'leave',
  'room',
  'concerts',
  'schedules',
  'seats',
  'hold',
  'extend',
  'release',
  'charge',
  'pay',
  'refund',
  'mine',
] as const;
export type CallName = (typeof callNames)[number];

export const countNames = [
  'unexpected',
  'fans_done',
  'admitted',
  'sold_out_answers',
  'turns_missed',
  'seat_conflicts',
  'seats_sold',
  'refunds',
  'polls',
  'stream_events',
  'stream_reconnects',
  'passed_over',
  'position_went_back',
  'rate_bound_ms',
] as const;
export type CountName = (typeof countNames)[number];

export const spanNames = [
  'time_in_line',
  'time_to_seat',
  'whole_journey',
  /** How much later than due a fan set off, because its driver was busy. */
  'start_delay',
] as const;
export type SpanName = (typeof spanNames)[number];

export const gaugeNames = [
  'admitted_per_second',
  'admission_error',
  'offered_per_second',
  'seconds_to_last_sale',
] as const;
export type GaugeName = (typeof gaugeNames)[number];

export interface FanAccount {
  userId: string;
  accessToken: string;
}

/** Where a run takes place; a file between the command that prepares it and the driver. */
export interface LoadSetup {
  gatewayUrl: string;
  concertId: string;
  scheduleId: string;
  price: number;
  fans: FanAccount[];
}
