import { Problem } from '../../shared/problems.ts';
import { type ActiveClaims, activePins, type ActiveTokens } from './active-token.ts';
import { peekKind } from './token-rules.ts';
import { createVerifiedCache } from './verified-cache.ts';
import { type WaitingClaims, waitingPins, type WaitingTokens } from './waiting-token.ts';

export type QueueClaims = WaitingClaims | ActiveClaims;

export interface QueueTokens {
  /** @throws Problem `queue-token-invalid`, or `queue-token-ended` when only its time is over. */
  verify(token: string): QueueClaims;
}

/**
 * Reads a queue token of either kind. `typ` only says whom to ask: each verifier pins its own
 * algorithm, keys, issuer and audience, and would refuse the other kind whatever its header says.
 */
export function createQueueTokens(options: {
  waiting: WaitingTokens;
  active: ActiveTokens;
  now: () => number;
}): QueueTokens {
  const { waiting, active, now } = options;
  const verify = (token: string): QueueClaims => {
    const typ = peekKind(token);
    if (typ === activePins.typ) return active.verify(token);
    if (typ === waitingPins.typ) return waiting.verify(token);
    throw new Problem('queue-token-invalid', { cause: new Error('of no known kind') });
  };
  // Either rises and never falls, so their sum changes whenever one does.
  const keysVersion = (): number => waiting.keysVersion() + active.keysVersion();
  return { verify: createVerifiedCache({ verify, now, keysVersion }) };
}
