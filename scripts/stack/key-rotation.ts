import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { writePrivateFile } from './files.ts';
import { type Jwk, newKey, publicHalfOf, type StoredKey, writeKeys } from './key-files.ts';

/** A key set in its file: the first key signs, the next is known to everybody, the rest only verify. */
export interface KeyRing {
  /** As in `npm run keys -- list`. */
  name: string;
  path: string;
  /** The file of the public halves, where somebody needs it. */
  publicPath: string | undefined;
  generate: () => Jwk;
  /** Longest life of what is signed; without one a retired key stays until it is retired by hand. */
  lifeSeconds: number | undefined;
}

export type KeyState = 'current' | 'next' | 'retired';

/** How many keys of one kind the services take (`shared/keys.ts`). */
const keysMax = 16;
/** Services look at the files twice a second: four times that, and everybody knows a key. */
const knownAfterMs = 2_000;
/** How far apart the clocks of those who sign and those who verify may be. */
const skewSeconds = 60;

const parse = (path: string): StoredKey[] =>
  (JSON.parse(readFileSync(path, 'utf8')) as { keys: StoredKey[] }).keys;

const isOver = ({ until }: StoredKey, nowMs: number): boolean =>
  until !== undefined && Date.parse(until) <= nowMs;

/** The keys in the order of their file, each with what it is for. */
export function readRing({ path }: KeyRing): { key: StoredKey; state: KeyState }[] {
  return parse(path).map((key, at) => {
    if (at === 0) return { key, state: 'current' };
    return { key, state: key.retired === undefined ? 'next' : 'retired' };
  });
}

/** Public halves first: nothing is ever signed with a key that only its signer knows. */
function writeRing(ring: KeyRing, keys: readonly StoredKey[]): void {
  const { path, publicPath } = ring;
  if (keys.length > keysMax)
    throw new Error(`${ring.name} has ${keysMax} keys; retire one of them by its id first.`);
  if (publicPath !== undefined) {
    const half = publicHalfOf(JSON.stringify({ keys }));
    writePrivateFile(publicPath, `${JSON.stringify(half, null, 2)}\n`);
  }
  writeKeys(path, keys);
}

function split(ring: KeyRing, nowMs: number) {
  const [current, ...others] = parse(ring.path);
  if (!current) throw new Error(`${ring.path} has no key.`);
  return {
    current,
    next: others.find(({ retired }) => retired === undefined),
    retired: others.filter((key) => key.retired !== undefined && !isOver(key, nowMs)),
  };
}

/** The next key, published for long enough. */
async function settledNext(ring: KeyRing, now: () => number): Promise<StoredKey> {
  const { current, next: known, retired } = split(ring, now());
  const next = known ?? newKey(ring.generate, now());
  if (!known) writeRing(ring, [current, next, ...retired]);
  const madeMs = next.made === undefined ? 0 : Date.parse(next.made);
  await delay(Math.max(0, madeMs + knownAfterMs - now()));
  return next;
}

function asRetired(key: StoredKey, lifeSeconds: number | undefined, nowMs: number): StoredKey {
  const retired = new Date(nowMs).toISOString();
  if (lifeSeconds === undefined) return { ...key, retired };
  const until = new Date(nowMs + (lifeSeconds + skewSeconds) * 1_000).toISOString();
  return { ...key, retired, until };
}

/**
 * The next key signs from now on, a new next one is published, and what the old one has signed
 * stays good for its life. Keys whose time is over are dropped.
 * @returns the id of the key that signs now.
 */
export async function rotateRing(ring: KeyRing, now: () => number): Promise<string> {
  const next = await settledNext(ring, now);
  const { current, retired } = split(ring, now());
  const old = asRetired(current, ring.lifeSeconds, now());
  const others = [old, ...retired].filter(({ kid }) => kid !== next.kid);
  writeRing(ring, [next, newKey(ring.generate, now()), ...others]);
  return String(next.kid);
}

/** Drops a key: what it has signed is refused everywhere as soon as the file has been read. */
export function retireKey(ring: KeyRing, kid: string, now: () => number): void {
  const left = parse(ring.path).filter((key) => key.kid !== kid);
  const live = left.filter(({ retired }) => retired === undefined);
  const fresh = Array.from({ length: Math.max(0, 2 - live.length) }, () =>
    newKey(ring.generate, now()),
  );
  writeRing(ring, [...live, ...fresh, ...left.filter(({ retired }) => retired !== undefined)]);
}
