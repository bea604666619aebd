import { Problem } from '../../shared/problems.ts';
import { type ActiveClaims, activePins, type ActiveTokens } from './active-token.ts';
import { peekKind } from './token-rules.ts';
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
}): QueueTokens {
  const { waiting, active } = options;
  return {
    verify(token) {
      const known = active.known(token);
      if (known) return known;
      const typ = peekKind(token);
      if (typ === activePins.typ) return active.verify(token);
      // An HMAC costs no more than to remember it, and who waits comes back when it is forgotten.
      if (typ === waitingPins.typ) return waiting.verify(token);
      throw new Problem('queue-token-invalid', { cause: new Error('of no known kind') });
    },
  };
}
