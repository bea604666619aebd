import { createPublicKey, type KeyObject } from 'node:crypto';
import type { Keys } from './keys.ts';

/** A secret drawn at random has about 30 different bytes in 32; one that was typed has few. */
const fewestDistinctBytes = 12;

/** Whether a secret looks as if it had been made up, or padded, instead of drawn. */
export function isWeakSecret(key: KeyObject): boolean {
  return key.type === 'secret' && new Set(key.export()).size < fewestDistinctBytes;
}

const publicHalf = (key: KeyObject): KeyObject =>
  key.type === 'private' ? createPublicKey(key) : key;

const sameKey = (one: KeyObject, other: KeyObject): boolean =>
  one.type === other.type && one.equals(other);

/**
 * What is wrong with key sets that each are right: a key that serves two purposes makes a token of
 * one kind from a token of the other (RFC 8725 §3.12), and a key that was typed can be guessed.
 */
export function keyFaults(
  sets: Readonly<Record<string, Keys>>,
): { name: string; message: string }[] {
  const keys = Object.entries(sets).flatMap(([name, set]) =>
    [...set.byKid.values()].map((key) => ({ name, key: publicHalf(key) })),
  );
  const weak = keys
    .filter(({ key }) => isWeakSecret(key))
    .map(({ name }) => ({ name, message: 'has a key that was not drawn at random' }));
  const shared = keys.flatMap(({ name, key }, at) =>
    keys
      .slice(at + 1)
      .filter((other) => other.name !== name && sameKey(other.key, key))
      .map((other) => ({ name: other.name, message: `has a key of ${name}` })),
  );
  return [...weak, ...shared];
}
