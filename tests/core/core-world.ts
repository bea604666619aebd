import { request as httpRequest } from 'node:http';
import { loadCoreConfig } from '../../core-api/config.ts';
import { createDatabase, type Database } from '../../core-api/db/database.ts';
import { startCore } from '../../core-api/server.ts';
import {
  assertionHeader,
  type Caller,
  nobody,
  type SignedCall,
  signAssertion,
} from '../../shared/assertion.ts';
import {
  type KeySet,
  generateAccessJwk,
  generatePrivateJwk,
  generateSecretJwk,
  loadSecretKeys,
} from '../../shared/keys.ts';
import { createLogger } from '../../shared/logger.ts';
import { freshNamespace } from '../harness/fresh-namespace.ts';
import { freshSchema } from '../harness/fresh-schema.ts';
import { patience } from '../harness/patience.ts';

export interface CoreCall {
  /** Sent as JSON; a Buffer goes as it is. */
  body?: unknown;
  caller?: Partial<Caller>;
  headers?: Record<string, string>;
  /** What the assertion says instead of the truth; `null` for no assertion. */
  sign?: ((call: SignedCall) => string) | null;
}

export interface CoreAnswer {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  // The tests read what they expect to be there; a wrong guess fails the assertion.
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  body: any;
  /** `201`, or status and code of a problem. */
  word: string;
}

export type RawAnswer = Omit<CoreAnswer, 'body' | 'word'> & { text: string };

/** The core in this process on a schema and a namespace of its own, called as the gateway does. */
export interface CoreWorld {
  url: string;
  assertionKeys: KeySet;
  database: Database;
  databaseUrl: string;
  call(method: string, target: string, call?: CoreCall): Promise<CoreAnswer>;
  /** The same with the body as text: for what is not JSON. */
  raw(method: string, target: string, call?: CoreCall): Promise<RawAnswer>;
  admin(method: string, target: string, body?: unknown): Promise<CoreAnswer>;
  /** A concert with one date; seats numbered from 1. */
  concert(wish?: { seats?: number; totalSeat?: number; concertDt?: string }): Promise<TestConcert>;
  close(): Promise<void>;
}

export interface TestConcert {
  concertId: string;
  scheduleId: string;
  /** `/admin/concerts/1/schedules/1` */
  at: string;
}

export interface CoreWorldOptions {
  env?: Record<string, string>;
  /** Puts something between the core and its database. */
  databaseUrl?: (straight: string) => string;
}

export const adminCaller = { userId: '1', role: 'ADMIN' } as const;

/** Who is inside the room of a concert. */
export const inside = (concertId: string, userId = '1'): Partial<Caller> => ({
  userId,
  role: 'USER',
  room: concertId,
  entryId: '1',
});

export async function openCoreWorld(options: CoreWorldOptions = {}): Promise<CoreWorld> {
  const schema = await freshSchema();
  const { redisUrl, namespace, clear } = freshNamespace();
  const setOf = (key: unknown): string => JSON.stringify({ keys: [key] });
  const assertionJwks = setOf(generateSecretJwk());
  const assertionKeys = loadSecretKeys(assertionJwks);
  const config = loadCoreConfig({
    NODE_ENV: 'test',
    LOG_LEVEL: process.env['LOG_LEVEL'] ?? 'silent',
    CORE_PORT: '0',
    DATABASE_URL: options.databaseUrl?.(schema.databaseUrl) ?? schema.databaseUrl,
    REDIS_URL: redisUrl,
    REDIS_NAMESPACE: namespace,
    ACCESS_TOKEN_KEYS: setOf(generateAccessJwk()),
    ASSERTION_KEYS: assertionJwks,
    TICKET_KEYS: setOf(generatePrivateJwk()),
    ...patience,
    ...options.env,
  });
  const core = await startCore(config);
  const database = createDatabase({
    databaseUrl: schema.databaseUrl,
    poolMax: 4,
    acquireTimeoutMs: 5_000,
    statementTimeoutMs: 5_000,
    logger: createLogger({ service: 'test', level: 'silent' }),
  });
  const raw = createCall(core.url, assertionKeys);
  const call: CoreWorld['call'] = async (...given) => toAnswer(await raw(...given));
  const admin: CoreWorld['admin'] = (method, target, body) =>
    call(method, target, { body, caller: adminCaller });
  return {
    url: core.url,
    assertionKeys,
    database,
    databaseUrl: schema.databaseUrl,
    call,
    raw,
    admin,
    concert: (wish = {}) => makeConcert(admin, wish),
    close: async () => {
      await core.close();
      await database.close();
      await clear();
      await schema.drop();
    },
  };
}

function createCall(url: string, keys: KeySet): CoreWorld['raw'] {
  const asBytes = (body: unknown): Buffer => {
    if (body === undefined) return Buffer.alloc(0);
    return Buffer.isBuffer(body) ? body : Buffer.from(JSON.stringify(body));
  };
  return (method, target, { body, caller, headers = {}, sign } = {}) => {
    const bytes = asBytes(body);
    const signed: SignedCall = { audience: 'core-api', method, target, body: bytes };
    const honest = (of: SignedCall): string =>
      signAssertion({ keys }, of, { ...nobody, ...caller });
    const proof: Record<string, string> =
      sign === null ? {} : { [assertionHeader]: (sign ?? honest)(signed) };
    const type: Record<string, string> =
      body === undefined ? {} : { 'content-type': 'application/json' };
    return send(`${url}${target}`, { method, bytes, headers: { ...type, ...proof, ...headers } });
  };
}

/** By node:http, which sends a path as it is given. */
function send(
  url: string,
  { method, bytes, headers }: { method: string; bytes: Buffer; headers: Record<string, string> },
): Promise<RawAnswer> {
  const { hostname, port, origin } = new URL(url);
  const path = url.slice(origin.length);
  return new Promise((resolve, reject) => {
    const length = bytes.length > 0 ? { 'content-length': String(bytes.length) } : {};
    const options = { hostname, port, path, method, headers: { ...length, ...headers } };
    const request = httpRequest(options, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        const text = Buffer.concat(chunks).toString();
        resolve({ status: response.statusCode ?? 0, headers: response.headers, text });
      });
    });
    request.on('error', reject);
    request.end(bytes);
  });
}

function toAnswer({ status, headers, text }: RawAnswer): CoreAnswer {
  const body = text === '' ? undefined : (JSON.parse(text) as CoreAnswer['body']);
  const word = body?.code === undefined ? String(status) : `${status} ${body.code}`;
  return { status, headers, body, word };
}

async function makeConcert(
  admin: CoreWorld['admin'],
  {
    seats = 0,
    totalSeat = Math.max(seats, 50),
    concertDt = inDays(30),
  }: Parameters<CoreWorld['concert']>[0] & object,
): Promise<TestConcert> {
  const made = async (target: string, body: unknown) => {
    const answer = await admin('POST', target, body);
    if (answer.status !== 201) throw new Error(`${target}: ${JSON.stringify(answer.body)}`);
    return answer.body;
  };
  const { concertId } = await made('/admin/concerts', { concertName: 'Test' });
  const schedules = `/admin/concerts/${concertId}/schedules`;
  const { concertScheduleId: scheduleId } = await made(schedules, { concertDt, totalSeat });
  const at = `${schedules}/${scheduleId}`;
  const numbered = Array.from({ length: seats }, (_, i) => ({ seatNum: i + 1, price: 1_000 }));
  if (seats > 0) await made(`${at}/seats`, { seats: numbered });
  return { concertId, scheduleId, at };
}

const dayMs = 86_400_000;

export const inDays = (days: number): string => new Date(Date.now() + days * dayMs).toISOString();

/** How often each outcome came: `{ '201': 1, '409 user-name-taken': 49 }`. */
export function tally(answers: readonly CoreAnswer[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { word } of answers) counts[word] = (counts[word] ?? 0) + 1;
  return counts;
}

export const times = <T>(count: number, make: (index: number) => T): T[] =>
  Array.from({ length: count }, (_, index) => make(index));
