import {
  createHash,
  createHmac,
  createSecretKey,
  hkdfSync,
  type KeyObject,
  timingSafeEqual,
} from 'node:crypto';
import type { KeySet } from '../../shared/keys.ts';
import { hasZeroBits } from '../../shared/proof-of-work.ts';

/**
 * A piece of work given to one account for one room:
 *
 *     c1.<key id>.<room>.<account>.<difficulty>.<end in Unix seconds>.<nonce>.<signature>
 *
 * `signature` is base64url HMAC-SHA-256 over all before it, by a key made from the one of waiting
 * tokens (HKDF, RFC 5869): a kind of its own, that no token can be taken for. The work is over the
 * signature, so nobody can begin before it was given.
 */
export interface Challenge {
  readonly roomId: string;
  readonly userId: string;
  /** Zero bits. */
  readonly difficulty: number;
  readonly expiresAtMs: number;
  /** 128 random bits, base64url: what is remembered when it was used. */
  readonly nonce: string;
}

export interface ChallengeTokens {
  sign(challenge: Challenge): { challenge: string; prefix: string };
  /** Why this is no work for the room and the account done in time; else the challenge. */
  verify(
    given: { challenge: string; solution: string },
    by: { roomId: string; userId: string },
  ): Challenge | ChallengeFault;
}

export type ChallengeFault = 'malformed' | 'forged' | 'of another' | 'too late' | 'not solved';

const version = 'c1';
const shape = new RegExp(
  `^(?<head>${version}\\.(?<kid>[A-Za-z0-9_-]{1,64})\\.(?<roomId>\\d{1,16})\\.(?<userId>\\d{1,16})` +
    '\\.(?<difficulty>\\d{1,2})\\.(?<end>\\d{1,12})\\.(?<nonce>[A-Za-z0-9_-]{22}))' +
    '\\.(?<mac>[A-Za-z0-9_-]{43})$',
);

export function createChallengeTokens(options: {
  /** Of waiting tokens. */
  keys: KeySet;
  /** Unix time in ms. */
  now: () => number;
}): ChallengeTokens {
  const { keys, now } = options;
  const derived = new WeakMap<KeyObject, KeyObject>();

  function derive(key: KeyObject): KeyObject {
    const known = derived.get(key);
    if (known) return known;
    const made = createSecretKey(Buffer.from(hkdfSync('sha256', key, '', 'join-challenge', 32)));
    derived.set(key, made);
    return made;
  }

  const macOf = (key: KeyObject, head: string): Buffer =>
    createHmac('sha256', derive(key)).update(head).digest();

  return {
    sign({ roomId, userId, difficulty, expiresAtMs, nonce }) {
      const { kid, key } = keys.signing;
      const end = Math.floor(expiresAtMs / 1_000);
      const head = [version, kid, roomId, userId, difficulty, end, nonce].join('.');
      const mac = macOf(key, head).toString('base64url');
      return { challenge: `${head}.${mac}`, prefix: `${mac}.` };
    },
    verify({ challenge, solution }, by) {
      const parts = shape.exec(challenge)?.groups;
      if (!parts) return 'malformed';
      const { head = '', kid = '', mac = '', roomId = '', userId = '', nonce = '' } = parts;
      const key = keys.byKid.get(kid);
      if (!key || !timingSafeEqual(macOf(key, head), Buffer.from(mac, 'base64url')))
        return 'forged';
      if (roomId !== by.roomId || userId !== by.userId) return 'of another';
      const expiresAtMs = Number(parts['end']) * 1_000;
      if (expiresAtMs <= now()) return 'too late';
      const difficulty = Number(parts['difficulty']);
      const hash = createHash('sha256').update(`${mac}.${solution}`).digest();
      if (!hasZeroBits(hash, difficulty)) return 'not solved';
      return { roomId, userId, difficulty, expiresAtMs, nonce };
    },
  };
}
