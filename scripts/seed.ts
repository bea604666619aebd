/**
 * `npm run seed`: sample concerts, an admin and two demo users, in a database that has no concert
 * yet. Works on `DATABASE_URL`, or on the stack that runs on this `DATA_DIR`.
 */
import { randomBytes } from 'node:crypto';
import { createDatabase, type Database } from '../core-api/db/database.ts';
import type { Tx } from '../core-api/db/transaction.ts';
import { createRoomRepository } from '../core-api/rooms/room-repository.ts';
import { defaultPolicy } from '../core-api/rooms/room-rules.ts';
import { createSeatRepository } from '../core-api/seats/seat-repository.ts';
import { createPasswordHasher } from '../core-api/users/password-hasher.ts';
import {
  password as passwordSchema,
  userName as userNameSchema,
} from '../shared/contracts/auth.ts';
import { createLogger } from '../shared/logger.ts';
import { isMain } from './is-main.ts';
import { concertDtOf, type SeedConcert, seatsOf, seedPlan } from './seed/seed-plan.ts';
import { databaseUrlOf } from './stack/database-url.ts';

export interface SeedOptions {
  databaseUrl: string;
  /** `ADMIN_USER_NAME` and `ADMIN_PASSWORD` are read. */
  env: NodeJS.ProcessEnv;
  log: (line: string) => void;
}

interface SeedUser {
  userName: string;
  password: string;
  /** To be printed: nobody else knows it. */
  isRandom: boolean;
  role: 'USER' | 'ADMIN';
}

const timeoutMs = 120_000;

/**
 * All or nothing, and once: whoever comes second waits, then finds that there are concerts.
 * @returns whether anything was written
 * @throws Error for an admin's name or password that registering would refuse.
 */
export async function seed({ databaseUrl, env, log }: SeedOptions): Promise<boolean> {
  const users = seedUsers(env);
  const database = createDatabase({
    databaseUrl,
    poolMax: 2,
    acquireTimeoutMs: 10_000,
    statementTimeoutMs: timeoutMs,
    logger: createLogger({ service: 'seed', level: 'error' }),
  });
  try {
    const hasher = createPasswordHasher({ parallel: 2, waitingMax: users.length });
    const hashes = await Promise.all(users.map(({ password }) => hasher.hash(password)));
    const report = await database.transaction(async (tx) => {
      await tx.run("INSERT IGNORE INTO lease (lease_name) VALUES ('seed')");
      await tx.rows("SELECT lease_name FROM lease WHERE lease_name = 'seed' FOR UPDATE");
      if ((await tx.rows('SELECT 1 FROM concert LIMIT 1')).length > 0) return undefined;
      const lines: string[] = [];
      for (const concert of seedPlan(Date.now()))
        lines.push(await addConcert(database, tx, concert));
      for (const [index, user] of users.entries()) {
        lines.push(await addUser(tx, user, hashes[index] ?? ''));
      }
      return lines;
    });
    for (const line of report ?? []) log(line);
    return report !== undefined;
  } finally {
    await database.close();
  }
}

function seedUsers(env: NodeJS.ProcessEnv): SeedUser[] {
  const userName = env['ADMIN_USER_NAME'] || 'admin';
  const given = env['ADMIN_PASSWORD'] || undefined;
  if (!userNameSchema.safeParse(userName).success)
    throw new Error('ADMIN_USER_NAME is no user name');
  if (given !== undefined && !passwordSchema.safeParse(given).success) {
    throw new Error('ADMIN_PASSWORD must have 8 to 128 characters');
  }
  const random = (): string => randomBytes(15).toString('base64url');
  return [
    { userName, password: given ?? random(), isRandom: given === undefined, role: 'ADMIN' },
    { userName: 'demo1', password: random(), isRandom: true, role: 'USER' },
    { userName: 'demo2', password: random(), isRandom: true, role: 'USER' },
  ];
}

/** An account that is there already keeps its password. */
async function addUser(tx: Tx, user: SeedUser, passwordHash: string): Promise<string> {
  const { userName, role } = user;
  const made = await tx.run(
    'INSERT IGNORE INTO users (user_name, password_hash, role) VALUES (?, ?, ?)',
    [userName, passwordHash, role],
  );
  if (made.affectedRows === 0) return `Account ${userName} was there already.`;
  await tx.run('INSERT INTO point (user_id) VALUES (?)', [made.insertId]);
  const secret = user.isRandom
    ? `password ${user.password} (printed this once)`
    : 'password as given';
  return `Account ${userName} (${role}): ${secret}`;
}

async function addConcert(
  database: Database,
  tx: Tx,
  { concertName, seatsPerUser, daysAhead, hall, policy }: SeedConcert,
): Promise<string> {
  const concert = await tx.run('INSERT INTO concert (concert_name, seats_per_user) VALUES (?, ?)', [
    concertName,
    seatsPerUser,
  ]);
  const concertId = String(concert.insertId);
  const seats = seatsOf(hall);
  for (const days of daysAhead) {
    const schedule = await tx.run(
      'INSERT INTO concert_schedule (concert_id, concert_dt, total_seat) VALUES (?, ?, ?)',
      [concertId, concertDtOf(Date.now(), days), seats.length],
    );
    const ids = { concertId, scheduleId: String(schedule.insertId) };
    await createSeatRepository(database).insert(tx, ids, seats);
  }
  if (policy) {
    const room = { ...defaultPolicy, ...policy, version: 2, concertId, concertActive: true };
    await createRoomRepository(database).save(tx, room);
  }
  return `Concert ${concertId}: ${concertName}, ${daysAhead.length} × ${seats.length} seats`;
}

async function main(): Promise<void> {
  const startedAt = performance.now();
  const written = await seed({
    databaseUrl: databaseUrlOf(process.env),
    env: process.env,
    log: console.log,
  });
  const seconds = ((performance.now() - startedAt) / 1_000).toFixed(1);
  console.log(written ? `Seeded in ${seconds} s.` : 'There are concerts already; nothing to do.');
}

if (isMain(import.meta.url)) {
  main().catch((error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  });
}
