import { randomBytes } from 'node:crypto';
import { createConnection, type Connection } from 'mysql2/promise';
import { testDatabaseUrl } from './test-stores.ts';

export interface TestSchema {
  databaseUrl: string;
  drop(): Promise<void>;
}

/** A schema with no table in it, that no other test file sees. */
export async function emptySchema(): Promise<TestSchema> {
  const name = `test_${randomBytes(6).toString('hex')}`;
  const url = new URL(testDatabaseUrl());
  url.pathname = `/${name}`;
  await onServer((connection) => connection.query('CREATE DATABASE ??', [name]));
  return {
    databaseUrl: url.href,
    drop: () => onServer((connection) => connection.query('DROP DATABASE IF EXISTS ??', [name])),
  };
}

async function onServer(work: (connection: Connection) => Promise<unknown>): Promise<void> {
  const connection = await createConnection(testDatabaseUrl());
  try {
    await work(connection);
  } finally {
    await connection.end();
  }
}
