/**
 * `npm run keys -- init` makes the missing key sets of this `DATA_DIR`; what is there stays.
 * `npm run keys -- env` prints a `.env` for docker compose with every secret, new and random.
 */
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { isMain } from './is-main.ts';
import { dataDirOf } from './stack/find-stack.ts';
import { keyFiles, prepareKeys, publicHalfOf, publicHalves } from './stack/key-files.ts';

const usage = 'Usage: npm run keys -- init | env';

function init(env: NodeJS.ProcessEnv): string {
  const folder = join(dataDirOf(env), 'keys');
  const variables = prepareKeys(folder, {});
  return Object.entries(variables)
    .map(([name, path]) => `${name}=${path}`)
    .join('\n');
}

/** Single quotes keep docker compose from reading anything into a value. */
const assignment = ([name, value]: [string, string]): string => `${name}='${value}'`;

/** Every variable that docker-compose.yml asks for, ready for a `.env`. */
export function composeEnv(): Record<string, string> {
  const sets = keyFiles.map(({ variable, generate }): [string, string] => [
    variable,
    JSON.stringify({ keys: [generate()] }),
  ]);
  const keys = Object.fromEntries(sets);
  const halves = publicHalves.map(({ variable, of }): [string, string] => [
    variable,
    JSON.stringify(publicHalfOf(keys[of] ?? '')),
  ]);
  return {
    DATABASE_PASSWORD: randomBytes(24).toString('base64url'),
    REDIS_PASSWORD: randomBytes(24).toString('base64url'),
    ...keys,
    ...Object.fromEntries(halves),
  };
}

export function keysCommand(argv: readonly string[], env: NodeJS.ProcessEnv): string {
  const [command, ...rest] = argv;
  if (rest.length === 0 && command === 'init') return init(env);
  if (rest.length === 0 && command === 'env')
    return Object.entries(composeEnv()).map(assignment).join('\n');
  throw new Error(usage);
}

if (isMain(import.meta.url)) {
  try {
    console.log(keysCommand(process.argv.slice(2), process.env));
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  }
}
