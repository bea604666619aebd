import type { Connection } from 'mysql2/promise';
import type { Violation } from '../audit.ts';
import { demoPrice } from './demo-concert.ts';
import type { DemoTally } from './demo-tally.ts';

export interface Sales {
  sold: number;
  payments: number;
  owners: number;
  paidPoints: number;
}

/** What the database says about the concert, whatever the fans were told. */
export async function readSales(database: Connection, concertId: string): Promise<Sales> {
  const [rows] = await database.query(
    `SELECT (SELECT COUNT(*) FROM concert_seat WHERE concert_id = ? AND seat_status = 'SOLD') AS sold,
            COUNT(*) AS payments, COUNT(DISTINCT p.user_id) AS owners,
            CAST(COALESCE(SUM(p.amount), 0) AS SIGNED) AS paidPoints
       FROM payment p JOIN reservation r USING (reservation_id)
      WHERE r.concert_id = ? AND p.payment_status = 'COMPLETED'`,
    [concertId, concertId],
  );
  const [row] = rows as Sales[];
  if (!row) throw new Error('no sales row');
  return row;
}

/** A conflict, and the news that all is sold, are part of a sale; anything else is not. */
const expectedRefusals = new Set([
  '409 seat-taken',
  '410 queue-token-ended (sold-out)',
  '429 too-many-requests',
]);

interface SummaryInput {
  seats: number;
  fans: number;
  sales: Sales;
  tally: DemoTally;
  violations: Violation[];
}

export function summarize(input: SummaryInput): { text: string; clean: boolean } {
  const { seats, fans, sales, tally, violations } = input;
  const wanted = Math.min(seats, fans);
  const checks: [name: string, holds: boolean][] = [
    [`${wanted} seats sold`, sales.sold === wanted],
    ['seats sold = payments = distinct owners', isSame([sales.sold, sales.payments, sales.owners])],
    ['every seat was sold to who was told so', sales.sold === tally.sold],
    [
      'points charged = points paid',
      isSame([tally.charged, sales.paidPoints, tally.sold * demoPrice]),
    ],
    ['invariants of the whole database (npm run audit)', violations.length === 0],
    [
      'no refusal but conflicts and sold out',
      [...tally.refusals.keys()].every((word) => expectedRefusals.has(word)),
    ],
  ];
  const longestMs = Math.max(0, ...tally.waitsMs);
  const lines = [
    '',
    `sold ${sales.sold}  payments ${sales.payments}  owners ${sales.owners}`,
    `points in ${tally.charged}  points out ${sales.paidPoints}`,
    `longest wait of ${tally.waitsMs.length} who got inside: ${(longestMs / 1_000).toFixed(1)} s`,
    `refusals: ${[...tally.refusals].map(([word, count]) => `${word} × ${count}`).join(', ') || 'none'}`,
    ...checks.map(([name, holds]) => `${holds ? 'ok  ' : 'FAIL'}  ${name}`),
    ...violations.map((violation) => JSON.stringify(violation)),
  ];
  return { text: lines.join('\n'), clean: checks.every(([, holds]) => holds) };
}

const isSame = (values: number[]): boolean => values.every((value) => value === values[0]);
