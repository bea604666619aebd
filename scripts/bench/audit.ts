/** How long the audit takes on a million reservations. `npm run bench -- audit` */
import { createConnection } from 'mysql2/promise';
import { audit, checks } from '../audit.ts';
import { isMain } from '../is-main.ts';
import { fill, sizes } from '../queries/fill.ts';
import { aimLine, round, table } from './figures.ts';
import { openSalesWorld } from './sales-world.ts';
import { scaled } from './scale.ts';

const rounds = scaled(2);

const secondsSince = (startedAt: number): number => (performance.now() - startedAt) / 1_000;

export async function benchAudit(): Promise<string> {
  const { databaseUrl, stop } = await openSalesWorld();
  try {
    const connection = await createConnection({ uri: databaseUrl });
    const filledFrom = performance.now();
    await fill(connection);
    await connection.end();
    const fillSeconds = secondsSince(filledFrom);
    const rows = [];
    const violated = new Set<string>();
    for (let at = 1; at <= rounds; at += 1) {
      const startedAt = performance.now();
      const violations = await audit(databaseUrl);
      rows.push([at, round(secondsSince(startedAt), 1), violations.length]);
      for (const { check } of violations) violated.add(check);
    }
    const number = (value: number): string => value.toLocaleString('en-US');
    return [
      `${checks.length} checks on ${number(sizes.reservations)} reservations, ` +
        `${number(sizes.payments)} payments, ${number(sizes.users)} accounts and ` +
        `${number(sizes.schedules * sizes.seatsPerSchedule)} seats (filled in ${round(fillSeconds)} s)`,
      '',
      table(['round', 'seconds', 'violated'], rows),
      '',
      // A check that finds something may stop early: then the time says nothing.
      aimLine({
        what: 'checks that found something',
        measured: violated.size,
        unit: '',
        atMost: 0,
      }),
      ...[...violated].map((check) => `  - ${check}`),
    ].join('\n');
  } finally {
    await stop();
  }
}

if (isMain(import.meta.url)) console.log(await benchAudit());
