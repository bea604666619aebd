import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { createConnection } from 'mysql2/promise';
import { migrateUp } from '../../../core-api/db/migrate.ts';
import { openRig, type PartName, type Rig } from '../rig.ts';
import type { Mutant } from './mutant.ts';

/** A rig that one mutant after the other lives in. */
export interface Lair {
  rig: Rig;
  /** Empty stores, and services that read themselves with these edits, in this environment. */
  house(mutant: Pick<Mutant, 'edits' | 'sql' | 'load'>): Promise<void>;
  close(): Promise<void>;
}

const hookFile = new URL('./edit-text.mjs', import.meta.url).href;
const cores: readonly PartName[] = ['core-1', 'core-2'];
const gateways: readonly PartName[] = ['gateway-1', 'gateway-2'];

async function emptyStores({ databaseUrl, redisUrl }: Rig): Promise<void> {
  const connection = await createConnection({ uri: databaseUrl });
  const { pathname } = new URL(databaseUrl);
  const name = pathname.slice(1);
  await connection.query(`DROP DATABASE ${name}`);
  await connection.query(`CREATE DATABASE ${name}`);
  await connection.end();
  await migrateUp({ databaseUrl });
  const redis = new Redis(redisUrl);
  await redis.flushall();
  redis.disconnect();
}

export async function openLair(): Promise<Lair> {
  const dir = mkdtempSync(join(tmpdir(), 'lair-'));
  const file = join(dir, 'mutant.json');
  const rig = await openRig({ nodeArgs: ['--import', hookFile], env: { MUTANT_FILE: file } });
  const all = (names: readonly PartName[], what: 'kill' | 'start'): Promise<unknown> =>
    Promise.all(names.map((name) => rig.parts[name][what]()));

  return {
    rig,
    async house({ edits, sql = [], load }) {
      for (const wire of Object.values(rig.wires)) wire.mend();
      await all([...cores, ...gateways], 'kill');
      await emptyStores(rig);
      const connection = await createConnection({ uri: rig.databaseUrl });
      for (const statement of sql) await connection.query(statement);
      await connection.end();
      writeFileSync(file, JSON.stringify({ edits, env: load.env ?? {} }));
      await all(cores, 'start');
      await all(gateways, 'start');
    },
    async close() {
      await rig.close();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}
