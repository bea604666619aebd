import { existsSync } from 'node:fs';
import { join } from 'node:path';
import {
  generateAccessJwk,
  generatePrivateJwk,
  generateSecretJwk,
  loadAccessKeys,
  toPublicJwks,
} from '../../shared/keys.ts';
import { accessPins } from '../../queue-gateway/tokens/access-token.ts';
import { activePins } from '../../queue-gateway/tokens/active-token.ts';
import { waitingPins } from '../../queue-gateway/tokens/waiting-token.ts';
import { makePrivateDir, writePrivateFile } from './files.ts';

export type Jwk = ReturnType<typeof generatePrivateJwk>;

/** A key as its file keeps it; our own members are ignored by whoever reads it as a JWK. */
export interface StoredKey extends Jwk {
  kid?: string;
  made?: string;
  /** Signs no more since then. */
  retired?: string;
  /** Nothing it has signed is valid after this. */
  until?: string;
}

export const newKey = (generate: () => Jwk, nowMs: number): StoredKey => ({
  ...generate(),
  made: new Date(nowMs).toISOString(),
});

export interface KeyFile {
  /** The environment variable that holds the set or the path of its file. */
  variable: string;
  file: string;
  generate: () => Jwk;
  /** Longest life of what is signed with it; without one a retired key stays. */
  lifeSeconds?: number;
}

/** Every secret of the two services, and the file it is kept in below `DATA_DIR/keys`. */
export const keyFiles: readonly KeyFile[] = [
  {
    variable: 'ACCESS_TOKEN_KEYS',
    file: 'access-token.json',
    generate: generateAccessJwk,
    lifeSeconds: accessPins.maxLifeSeconds,
  },
  {
    variable: 'WAITING_TOKEN_KEYS',
    file: 'waiting-token.json',
    generate: generateSecretJwk,
    lifeSeconds: waitingPins.maxLifeSeconds,
  },
  {
    variable: 'ACTIVE_TOKEN_KEYS',
    file: 'active-token.json',
    generate: generatePrivateJwk,
    lifeSeconds: activePins.maxLifeSeconds,
  },
  {
    variable: 'ASSERTION_KEYS',
    file: 'assertion.json',
    generate: generateSecretJwk,
    lifeSeconds: 60,
  },
  { variable: 'RECEIPT_KEYS', file: 'receipt.json', generate: generatePrivateJwk },
  { variable: 'TICKET_KEYS', file: 'ticket.json', generate: generatePrivateJwk },
];

/** What the gateway gets of keys that the core alone signs with: their public halves. */
export const publicHalves = [
  {
    variable: 'ACCESS_TOKEN_PUBLIC_KEYS',
    of: 'ACCESS_TOKEN_KEYS',
    file: 'access-token-public.json',
  },
  { variable: 'TICKET_PUBLIC_KEYS', of: 'TICKET_KEYS', file: 'ticket-public.json' },
] as const;

/** The public half of a private key set, as JSON. */
export const publicHalfOf = (privateKeys: string): object =>
  toPublicJwks(loadAccessKeys(privateKeys));

/** A new set: the key that signs, and the next one, which everybody knows from the start. */
export const newKeys = (generate: () => Jwk): StoredKey[] =>
  [1, 2].map(() => newKey(generate, Date.now()));

/**
 * The key variables of both services: what the environment gives stays, the rest is read from
 * `keysDir`, where missing sets are made. The gateway gets only the public halves of the keys that
 * the core signs with.
 */
export function prepareKeys(keysDir: string, env: NodeJS.ProcessEnv): Record<string, string> {
  const variables: Record<string, string> = {};
  makePrivateDir(keysDir);
  for (const { variable, file, generate } of keyFiles) {
    const path = join(keysDir, file);
    const given = env[variable];
    if (given === undefined || given === '') {
      if (!existsSync(path)) writeKeys(path, newKeys(generate));
      variables[variable] = path;
    } else {
      variables[variable] = given;
    }
  }
  for (const { variable, of, file } of publicHalves) {
    const given = env[variable];
    const path = join(keysDir, file);
    if (given === undefined || given === '') {
      const half = publicHalfOf(variables[of] ?? '');
      writePrivateFile(path, `${JSON.stringify(half, null, 2)}\n`);
    }
    variables[variable] = given || path;
  }
  return variables;
}

/** Writes a JWK Set: the first key signs, all of them verify. */
export function writeKeys(path: string, keys: readonly StoredKey[]): void {
  writePrivateFile(path, `${JSON.stringify({ keys }, null, 2)}\n`);
}
