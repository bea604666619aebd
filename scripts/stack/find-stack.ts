import { rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { readJsonIfThere, writePrivateFile } from './files.ts';
import { isProcessIdentity, isStillRunning } from './process-identity.ts';

/** Where everything of a running stack is. Holds passwords: the file is its owner's alone. */
export interface StackRecord {
  databaseUrl: string;
  redisUrl: string;
  gatewayUrl: string;
  coreUrl: string;
  keysDir: string;
}

const fields = ['databaseUrl', 'redisUrl', 'gatewayUrl', 'coreUrl', 'keysDir'] as const;

function isStackRecord(value: unknown): value is StackRecord {
  const record = value as Partial<Record<(typeof fields)[number], unknown>> | null;
  return fields.every((field) => typeof record?.[field] === 'string');
}

export function dataDirOf(env: NodeJS.ProcessEnv): string {
  const given = env.DATA_DIR;
  return resolve(given === undefined || given === '' ? '.data' : given);
}

function stackFile(dataDir: string): string {
  return join(dataDir, 'stack.json');
}

/**
 * The stack that `npm start` runs on the `DATA_DIR` of this environment.
 *
 * @returns undefined when none is running there
 */
export function findStack(env: NodeJS.ProcessEnv): StackRecord | undefined {
  const dataDir = dataDirOf(env);
  // A killed run leaves its record behind; its owner tells whether it still holds.
  const owner = readJsonIfThere(join(dataDir, 'owner.json'), isProcessIdentity);
  if (owner === undefined || !isStillRunning(owner)) return undefined;
  return readJsonIfThere(stackFile(dataDir), isStackRecord);
}

export function writeStack(dataDir: string, record: StackRecord): void {
  writePrivateFile(stackFile(dataDir), `${JSON.stringify(record, null, 2)}\n`);
}

export function removeStack(dataDir: string): void {
  rmSync(stackFile(dataDir), { force: true });
}
