import { existsSync } from 'node:fs';
import { join } from 'node:path';
import {
  generatePrivateJwk,
  generateSecretJwk,
  loadPrivateKeys,
  toPublicJwks,
} from '../../shared/keys.ts';
import { makePrivateDir, writePrivateFile } from './files.ts';

type Jwk = ReturnType<typeof generatePrivateJwk>;

export interface KeyFile {
  /** The environment variable that holds the set or the path of its file. */
  variable: string;
  file: string;
  generate: () => Jwk;
}

/** Every secret of the two services, and the file it is kept in below `DATA_DIR/keys`. */
export const keyFiles: readonly KeyFile[] = [
  { variable: 'ACCESS_TOKEN_KEYS', file: 'access-token.json', generate: generatePrivateJwk },
  { variable: 'WAITING_TOKEN_KEYS', file: 'waiting-token.json', generate: generateSecretJwk },
  { variable: 'ACTIVE_TOKEN_KEYS', file: 'active-token.json', generate: generatePrivateJwk },
  { variable: 'ASSERTION_KEYS', file: 'assertion.json', generate: generateSecretJwk },
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
  toPublicJwks(loadPrivateKeys(privateKeys));

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
      if (!existsSync(path)) writeKeys(path, [generate()]);
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
export function writeKeys(path: string, keys: readonly Jwk[]): void {
  writePrivateFile(path, `${JSON.stringify({ keys }, null, 2)}\n`);
}
