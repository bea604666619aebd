/**
 * `npm run audit`: every invariant of the database, on the stack that runs on this `DATA_DIR`, or
 * on `DATABASE_URL`. Prints each violation with its rows; ends with 1 when there is one.
 */
import { createConnection, type RowDataPacket } from 'mysql2/promise';
import type { Check } from './audit/check.ts';
import { ledgerChecks } from './audit/ledger-checks.ts';
import { paymentChecks } from './audit/payment-checks.ts';
import { seatChecks } from './audit/seat-checks.ts';
import { isMain } from './is-main.ts';
import { findStack } from './stack/find-stack.ts';

export interface Violation {
  /** Name of the check. */
  check: string;
  /** The invariant that does not hold. */
  says: string;
  /** The rows that break it, at most `rowsMax`. */
  rows: Record<string, unknown>[];
  /** Whether there are more of them. */
  more: boolean;
}

export const checks: readonly Check[] = [...seatChecks, ...paymentChecks, ...ledgerChecks];

const rowsMax = 50;

/**
 * Asks the database whether everything that must always be true is true. All questions are asked
 * of one moment, so that it can be done while people buy.
 */
export async function audit(databaseUrl: string): Promise<Violation[]> {
  const connection = await createConnection({
    uri: databaseUrl,
    timezone: 'Z',
    decimalNumbers: true,
  });
  try {
    await connection.query("SET time_zone = '+00:00'");
    await connection.query('SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ');
    await connection.query('START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY');
    const violations: Violation[] = [];
    for (const { name, says, sql } of checks) {
      const limited = `${sql} LIMIT ${rowsMax + 1}`;
      const [rows] = await connection.query<RowDataPacket[]>(limited);
      if (rows.length === 0) continue;
      const shown = rows.slice(0, rowsMax).map((row) => ({ ...row }));
      violations.push({ check: name, says, rows: shown, more: rows.length > rowsMax });
    }
    return violations;
  } finally {
    await connection.end();
  }
}

function print(violations: readonly Violation[]): void {
  for (const { check, says, rows, more } of violations) {
    console.error(`\nviolated: ${check}\n  ${says}`);
    for (const row of rows) console.error(`  ${JSON.stringify(row)}`);
    if (more) console.error('  … and more');
  }
}

async function main(): Promise<void> {
  const databaseUrl = process.env['DATABASE_URL'] || findStack(process.env)?.databaseUrl;
  if (!databaseUrl) {
    console.error('No running stack for this DATA_DIR, and DATABASE_URL is not set.');
    process.exitCode = 1;
    return;
  }
  const startedAt = performance.now();
  const violations = await audit(databaseUrl);
  print(violations);
  const seconds = ((performance.now() - startedAt) / 1_000).toFixed(1);
  console.log(`${checks.length} checks in ${seconds} s, ${violations.length} violated`);
  process.exitCode = violations.length === 0 ? 0 : 1;
}

if (isMain(import.meta.url)) await main();
