import type { RoomSetting } from '../../shared/contracts/internal.ts';
import type { ChallengeOffer, ChallengeProof } from '../../shared/contracts/challenges.ts';
import { Problem } from '../../shared/problems.ts';
import { type Captcha, captchaBinding } from './captcha.ts';
import type { ChallengeStore } from './challenge-store.ts';
import type { ChallengeTokens } from './challenge-token.ts';

/** Who wants in, and with what. */
export interface Comer {
  userId: string;
  address: string;
  proof: ChallengeProof | undefined;
}

/** The toll of a room: what a new place costs. */
export interface Challenges {
  offer(room: RoomSetting, userId: string): ChallengeOffer;
  /**
   * Takes the toll of a room that asks for one. Resolves to what undoes it, for a join that was
   * refused in spite of it.
   * @throws Problem `challenge-required`, `challenge-failed`, `unavailable`.
   */
  take(room: RoomSetting, comer: Comer): Promise<GiveBack>;
}

export type GiveBack = () => Promise<void>;

export interface ChallengesDeps {
  tokens: ChallengeTokens;
  store: ChallengeStore;
  /** None: rooms that ask for one let nobody new in. */
  captcha: Captcha | undefined;
  /** Uses up a code. Resolves to false for one that is none, or used up. */
  redeemBypass(concertId: string, use: { userId: string; code: string }): Promise<boolean>;
  newNonce: () => string;
  /** Unix time in ms. */
  now: () => number;
}

/** Enough for the hardest work on a slow phone. */
const challengeLifeMs = 5 * 60_000;

const nothingToUndo: GiveBack = () => Promise.resolve();

const failed = (detail: string): Problem => new Problem('challenge-failed', { detail });

const faultWords = {
  malformed: 'This is no challenge of ours',
  forged: 'This is no challenge of ours',
  'of another': 'The challenge is for another account or room',
  'too late': 'The challenge has run out',
  'not solved': 'The work is not done',
} as const;

export function createChallenges(deps: ChallengesDeps): Challenges {
  const { tokens, store, captcha, redeemBypass, newNonce, now } = deps;

  async function takeWork(
    roomId: string,
    userId: string,
    given: { challenge: string; solution: string },
  ): Promise<GiveBack> {
    const done = tokens.verify(given, { roomId, userId });
    if (typeof done === 'string') throw failed(faultWords[done]);
    const ttlMs = Math.max(1, done.expiresAtMs - now() + 1_000);
    if (!(await store.use(roomId, done.nonce, ttlMs)))
      throw failed('The challenge was used before');
    return () => store.giveBack(roomId, done.nonce);
  }

  async function takeCaptcha(
    roomId: string,
    { userId, address }: Comer,
    token: string,
  ): Promise<GiveBack> {
    if (!captcha) throw new Problem('unavailable', { cause: new Error('no captcha provider') });
    const boundTo = captchaBinding(roomId, userId);
    if (!(await captcha.verify({ token, address, boundTo })))
      throw failed('The captcha was not passed');
    return nothingToUndo;
  }

  async function takeCode(roomId: string, userId: string, code: string): Promise<GiveBack> {
    if (!(await redeemBypass(roomId, { userId, code })))
      throw failed('The code is unknown or used up');
    // It stays with the account, who may use it again.
    return nothingToUndo;
  }

  return {
    offer({ concertId, challenge: kind, powDifficulty: difficulty }, userId) {
      if (kind === 'none') return { kind };
      if (kind === 'captcha') {
        if (!captcha) throw new Problem('unavailable');
        return { kind, siteKey: captcha.siteKey, data: captchaBinding(concertId, userId) };
      }
      const expiresAtMs = Math.floor((now() + challengeLifeMs) / 1_000) * 1_000;
      const given = { roomId: concertId, userId, difficulty, expiresAtMs, nonce: newNonce() };
      return {
        kind,
        ...tokens.sign(given),
        difficulty,
        expiresAt: new Date(expiresAtMs).toISOString(),
      };
    },
    async take({ concertId: roomId, challenge: kind }, comer) {
      const { userId, proof } = comer;
      if (!proof) throw new Problem('challenge-required', { extra: { kind } });
      if ('bypassCode' in proof) return takeCode(roomId, userId, proof.bypassCode);
      if (kind === 'pow' && 'solution' in proof) return takeWork(roomId, userId, proof);
      if (kind === 'captcha' && 'captcha' in proof)
        return takeCaptcha(roomId, comer, proof.captcha);
      throw new Problem('challenge-required', { extra: { kind } });
    },
  };
}
