/**
 * `npm run accounts -- --count N [--points P]`: accounts in bulk for load tests, one JSON line
 * each: `{userId, userName, accessToken}`. They share one random password that nobody knows.
 * Refused in production. Works on the stack that runs on this `DATA_DIR`, or on `DATABASE_URL` and
 * `ACCESS_TOKEN_KEYS`.
 */
import { randomBytes } from 'node:crypto';
import { type Connection, createConnection, type RowDataPacket } from 'mysql2/promise';
import { createAccessTokenSigner } from '../core-api/users/access-token.ts';
import { createPasswordHasher } from '../core-api/users/password-hasher.ts';
import type { Role } from '../shared/contracts/auth.ts';
import { loadAccessKeys } from '../shared/keys.ts';
import { isMain } from './is-main.ts';
import { numberOption } from './options.ts';
import { accessTokenKeysOf } from './stack/access-token-keys.ts';
import { databaseUrlOf } from './stack/database-url.ts';

export interface Account {
  userId: string;
  userName: string;
  accessToken: string;
}

export interface MakeAccountsOptions {
  databaseUrl: string;
  /** Private JWK Set of the core, inline or the path of its file. */
  accessTokenKeys: string;
  count: number;
  /** Charged to each account, with its row in the ledger. */
  points?: number;
  role?: Role;
}

const batchMax = 2_000;

/** Makes accounts past the password hashing: one hash serves them all. */
export async function makeAccounts(options: MakeAccountsOptions): Promise<Account[]> {
  const { databaseUrl, accessTokenKeys, count, points = 0, role = 'USER' } = options;
  const sign = createAccessTokenSigner(loadAccessKeys(accessTokenKeys));
  const hasher = createPasswordHasher({ parallel: 1, waitingMax: 1 });
  const passwordHash = await hasher.hash(randomBytes(24).toString('base64url'));
  const batchName = randomBytes(5).toString('hex');
  const userNames = Array.from({ length: count }, (_, index) => `load-${batchName}-${index + 1}`);

  const connection = await createConnection({ uri: databaseUrl, timezone: 'Z' });
  try {
    await connection.query("SET time_zone = '+00:00'");
    await connection.beginTransaction();
    const accounts: Account[] = [];
    for (let from = 0; from < count; from += batchMax) {
      const names = userNames.slice(from, from + batchMax);
      const rows = names.map((userName) => [userName, passwordHash, role]);
      await connection.query('INSERT INTO users (user_name, password_hash, role) VALUES ?', [rows]);
      const users = await readUsers(connection, names);
      const tokens = await Promise.all(users.map((user) => sign({ ...user, role })));
      for (const [at, user] of users.entries())
        accounts.push({ ...user, accessToken: tokens[at] ?? '' });
      await addPoints(connection, names, points);
    }
    await connection.commit();
    return accounts;
  } finally {
    await connection.end();
  }
}

/** In the order of their names' numbers, which is the order they were made in. */
async function readUsers(connection: Connection, names: string[]) {
  const [rows] = await connection.query<RowDataPacket[]>(
    'SELECT user_id, user_name FROM users WHERE user_name IN (?) ORDER BY user_id',
    [names],
  );
  return rows.map((row) => ({
    userId: String(row['user_id']),
    userName: String(row['user_name']),
  }));
}

/** A balance and, when it is not empty, the one CHARGE it comes from. */
async function addPoints(connection: Connection, names: string[], points: number): Promise<void> {
  const ofThese = 'JOIN users u ON u.user_id = p.user_id WHERE u.user_name IN (?)';
  await connection.query(
    'INSERT INTO point (user_id, point, version) SELECT user_id, ?, ? FROM users WHERE user_name IN (?)',
    [points, points > 0 ? 1 : 0, names],
  );
  if (points === 0) return;
  await connection.query(
    `INSERT INTO point_history (point_id, seq, amount, point_after_transaction, type)
     SELECT p.point_id, 1, p.point, p.point, 'CHARGE' FROM point p ${ofThese}`,
    [names],
  );
}

async function main(): Promise<void> {
  const { env, argv } = process;
  if (env['NODE_ENV'] === 'production') throw new Error('Not in production.');
  const accounts = await makeAccounts({
    databaseUrl: databaseUrlOf(env),
    accessTokenKeys: accessTokenKeysOf(env),
    count: numberOption(argv, '--count', { fallback: 1, min: 1, max: 1_000_000 }),
    points: numberOption(argv, '--points', { fallback: 0, min: 0, max: 10_000_000 }),
  });
  process.stdout.write(accounts.map((account) => `${JSON.stringify(account)}\n`).join(''));
}

if (isMain(import.meta.url)) {
  main().catch((error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  });
}
