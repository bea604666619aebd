/**
 * `npm run keys -- init` makes the missing key sets of this `DATA_DIR`; what is there stays.
 * `npm run keys -- env` prints a `.env` for docker compose with every secret, new and random.
 * `npm run keys -- list` shows every key and what it is for.
 * `npm run keys -- rotate [set …]` lets the next keys sign; tokens in flight stay good.
 * `npm run keys -- retire <kid>` drops a key; what it has signed is refused within a second.
 * Services that run read the files again by themselves (docs/keys.md).
 */
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { generateSecretJwk } from '../shared/keys.ts';
import { isMain } from './is-main.ts';
import { dataDirOf } from './stack/find-stack.ts';
import {
  type KeyFile,
  keyFiles,
  newKeys,
  prepareKeys,
  publicHalfOf,
  publicHalves,
} from './stack/key-files.ts';
import { type KeyRing, readRing, retireKey, rotateRing } from './stack/key-rotation.ts';

type Env = NodeJS.ProcessEnv;

const usage = 'Usage: npm run keys -- init | env | list | rotate [set …] | retire <kid>';

const keysDirOf = (env: Env): string => join(dataDirOf(env), 'keys');

function init(env: Env): string {
  const variables = prepareKeys(keysDirOf(env), {});
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
    JSON.stringify({ keys: newKeys(generate) }),
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
    PAYMENT_WEBHOOK_KEYS: JSON.stringify({ keys: [generateSecretJwk()] }),
  };
}

/** The file that a variable names, or else the one in this `DATA_DIR`. */
function pathOf(env: Env, variable: string, file: string): string {
  const given = env[variable] ?? '';
  if (given.trimStart().startsWith('{'))
    throw new Error(`${variable} holds its keys itself; see docs/keys.md for how to change them.`);
  return given === '' ? join(keysDirOf(env), file) : given;
}

function toRing(env: Env, { variable, file, generate, lifeSeconds }: KeyFile): KeyRing {
  const half = publicHalves.find(({ of }) => of === variable);
  return {
    name: file.replace(/\.json$/, ''),
    path: pathOf(env, variable, file),
    publicPath: half && pathOf(env, half.variable, half.file),
    generate,
    lifeSeconds,
  };
}

function ringsOf(env: Env, names: readonly string[]): KeyRing[] {
  const rings = keyFiles.map((file) => toRing(env, file)).filter(({ path }) => existsSync(path));
  if (rings.length === 0) throw new Error(`${keysDirOf(env)} has no keys; is DATA_DIR right?`);
  const unknown = names.find((name) => !rings.some((ring) => ring.name === name));
  if (unknown !== undefined)
    throw new Error(`No key set ${unknown}; there are ${rings.map(({ name }) => name).join(', ')}`);
  return names.length === 0 ? rings : rings.filter(({ name }) => names.includes(name));
}

function list(rings: readonly KeyRing[]): string {
  const lines = rings.flatMap((ring) =>
    readRing(ring).map(({ key, state }) => {
      const until = key.until === undefined ? '' : ` until ${key.until}`;
      return `${ring.name.padEnd(14)} ${String(key.kid).padEnd(16)} ${state}${until}`;
    }),
  );
  return lines.join('\n');
}

async function rotate(rings: readonly KeyRing[]): Promise<string> {
  const lines = await Promise.all(
    rings.map(async (ring) => `${ring.name}: ${await rotateRing(ring, Date.now)} signs`),
  );
  return lines.join('\n');
}

function retire(rings: readonly KeyRing[], kid: string): string {
  const ring = rings.find((one) => readRing(one).some(({ key }) => key.kid === kid));
  if (!ring) throw new Error(`No key ${kid}; npm run keys -- list shows them all.`);
  retireKey(ring, kid, Date.now);
  return `${ring.name}: ${kid} is retired`;
}

export async function keysCommand(argv: readonly string[], env: Env): Promise<string> {
  const [command, ...rest] = argv;
  const [kid] = rest;
  if (rest.length === 0 && command === 'init') return init(env);
  if (rest.length === 0 && command === 'env')
    return Object.entries(composeEnv()).map(assignment).join('\n');
  if (rest.length === 0 && command === 'list') return list(ringsOf(env, []));
  if (command === 'rotate') return rotate(ringsOf(env, rest));
  if (command === 'retire' && rest.length === 1 && kid !== undefined)
    return retire(ringsOf(env, []), kid);
  throw new Error(usage);
}

if (isMain(import.meta.url)) {
  try {
    console.log(await keysCommand(process.argv.slice(2), process.env));
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  }
}
