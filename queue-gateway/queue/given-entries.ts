import type { EntryWithToken } from '../../shared/contracts/queue.ts';
import type { RoomMemory } from '../rooms/room-memory.ts';
import type { Receipts } from '../tokens/receipts.ts';
import type { WaitingTokens } from '../tokens/waiting-token.ts';
import type { EntryAnswers } from './entry-answers.ts';
import { waitingLifeMs, wholeSecondMs } from './queue-rules.ts';
import type { EntryClaims, JoinedPlace } from './queue-types.ts';
import type { ActiveEntry, TurnService } from './turn-service.ts';

type Placed = Extract<JoinedPlace, { isNew: boolean }>;
/** A place in the line; an ACTIVE one without a token gets the one that counts. */
export type Given = Exclude<Placed, { word: 'REGISTERED' }>;

/** What joining gave, as the answer with its token and its receipt. */
export interface GivenEntries {
  /** Who is let in at once is inside with the first answer. */
  ofPlace(room: RoomMemory, place: Given, claims: EntryClaims): Promise<Unconfirmed>;
  /** Before the draw. */
  ofRegistration(room: RoomMemory, claims: EntryClaims): Unconfirmed;
  /** @param leaf of the chain over all registrations; empty for none. */
  confirm(
    room: RoomMemory,
    claims: EntryClaims,
    given: { entry: Unconfirmed; leaf?: string },
  ): Promise<EntryWithToken>;
}

export type Unconfirmed = Omit<EntryWithToken, 'receipt'>;

export interface GivenEntriesDeps {
  turns: TurnService;
  tokens: WaitingTokens;
  receipts: Receipts;
  answers: EntryAnswers;
  /** Unix time in ms. */
  now: () => number;
}

export function createGivenEntries(deps: GivenEntriesDeps): GivenEntries {
  const { turns, tokens, receipts, answers, now } = deps;

  function signWaiting(room: RoomMemory, { userId, number, index }: EntryClaims) {
    const issuedAtMs = wholeSecondMs(now());
    const expiresAtMs = issuedAtMs + wholeSecondMs(waitingLifeMs(room.setting, issuedAtMs));
    const token = tokens.sign({
      userId,
      roomId: room.id,
      queueId: number === 0 ? null : String(number),
      registrationIndex: index,
      epoch: room.epoch,
      issuedAtMs,
      expiresAtMs,
    });
    return { token, expiresAtMs };
  }

  return {
    async ofPlace(room, place, claims) {
      const { number, index } = claims;
      const inside = ({ token, expiresAt }: ActiveEntry): Unconfirmed => {
        const endMs = Date.parse(expiresAt);
        return { token, ...answers.inside(room, number, { status: 'ACTIVE', endMs }) };
      };
      if (place.word === 'ACTIVE' && place.token !== '') return inside(turns.toActive(place.token));
      if (place.word === 'ACTIVE' || (place.word === 'READY' && place.isNew))
        return inside(await turns.activate(room.id, claims));
      const { token, expiresAtMs } = signWaiting(room, claims);
      const facts = { expiresAtMs, registrationIndex: index };
      if (place.word === 'WAITING') return { token, ...answers.waiting(room, number, facts) };
      if (place.word === 'LATE')
        return { token, ...answers.late(room, number, { ...place, expiresAtMs }) };
      const { claimEndMs: endMs, canExtend } = place;
      return { token, ...answers.inside(room, number, { status: 'READY', endMs, canExtend }) };
    },
    ofRegistration(room, claims) {
      const { token, expiresAtMs } = signWaiting(room, claims);
      return { token, ...answers.registered(room, claims.index ?? 0, expiresAtMs) };
    },
    async confirm(room, claims, { entry, leaf = '' }) {
      const receipt = await receipts.issue({
        sub: claims.userId,
        room: room.id,
        epoch: claims.epoch,
        policyVersion: room.setting.version,
        queueId: claims.number === 0 ? undefined : String(claims.number),
        registrationIndex: claims.index,
        leaf: leaf === '' ? undefined : leaf,
      });
      return { ...entry, receipt };
    },
  };
}
