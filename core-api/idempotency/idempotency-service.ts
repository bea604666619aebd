import { Problem } from '../../shared/problems.ts';
import type { Outcome } from '../db/batches.ts';
import type { Database } from '../db/database.ts';
import type { TransactOptions, Tx } from '../db/transaction.ts';
import { lockKeys } from '../lock/lock-keys.ts';
import type { LockRequest } from '../lock/lock-service.ts';
import type { IdempotencyRepository, KeyId } from './idempotency-repository.ts';
import {
  checkSameInput,
  fingerprintOf,
  type KeyedCall,
  keyInUse,
  type ReplyStatus,
  type StoredReply,
} from './idempotency-rules.ts';

/** A 2xx answer as bytes, first told or told again. */
export interface KeyedReply {
  status: ReplyStatus;
  rawBody: string;
  headers: Record<string, string>;
}

export interface Idempotency {
  /**
   * Runs `work` in one transaction that also claims the key and stores the answer, so that a
   * crash leaves both or neither. Told again byte for byte when the key has an answer already.
   * @throws Problem `idempotency-key-in-use`, `idempotency-key-reused`, and what `work` throws.
   */
  transaction(
    call: KeyedCall,
    work: (tx: Tx) => Promise<unknown>,
    options?: TransactOptions,
  ): Promise<KeyedReply>;
  /**
   * The same for several calls of different accounts in one transaction. Keys are stored at its
   * end: one that has an answer already, or is in use, undoes all.
   * @throws errno 1062 for such a key, and what `work` throws.
   */
  transactionOfAll(
    calls: readonly KeyedCall[],
    work: (tx: Tx) => Promise<Outcome<unknown>[]>,
  ): Promise<Outcome<KeyedReply>[]>;
  /**
   * Around the whole call, locks and early refusals included: what refuses a repeated call may be
   * its own first time, so the stored answer is looked for before a refusal is told.
   */
  settle(call: KeyedCall, run: () => Promise<KeyedReply>): Promise<KeyedReply>;
  /** The lock that tells a repeated call which is still running from a rival. */
  guard(call: KeyedCall): LockRequest['guard'];
}

const idOf = ({ userId, callName, key }: KeyedCall): KeyId | undefined =>
  key === undefined ? undefined : [userId, callName, key];

const first = (body: unknown, call?: KeyedCall): KeyedReply => ({
  status: call?.status ?? 201,
  rawBody: JSON.stringify(body),
  headers: {},
});

export function createIdempotency(deps: {
  database: Database;
  repository: IdempotencyRepository;
}): Idempotency {
  const { database, repository } = deps;
  /** Of this process: a twin is told at once, before it waits for any lock. */
  const running = new Set<string>();

  function replay(stored: StoredReply, call: KeyedCall): KeyedReply {
    checkSameInput(stored, call.input);
    const headers = { 'Idempotency-Replayed': 'true' };
    return { status: stored.replyStatus, rawBody: stored.replyBody, headers };
  }

  return {
    transaction: (call, work, options) => {
      const id = idOf(call);
      return database.transaction(async (tx) => {
        if (!id) return first(await work(tx), call);
        const claim = await repository.claim(tx, id, fingerprintOf(call.input));
        if (claim === 'running') throw keyInUse();
        if (claim !== 'claimed') return replay(claim, call);
        const reply = first(await work(tx), call);
        await repository.store(tx, id, { status: reply.status, body: reply.rawBody });
        return reply;
      }, options);
    },

    transactionOfAll: (calls, work) =>
      database.transaction(async (tx) => {
        const outcomes = (await work(tx)).map((outcome, index) =>
          'value' in outcome ? { value: first(outcome.value, calls[index]) } : outcome,
        );
        const replies = calls.flatMap((call, index) => {
          const id = idOf(call);
          const outcome = outcomes[index];
          if (!id || !outcome || !('value' in outcome)) return [];
          const { status, rawBody: body } = outcome.value;
          return [{ id, fingerprint: fingerprintOf(call.input), status, body }];
        });
        if (replies.length > 0) await repository.storeNew(tx, replies);
        return outcomes;
      }),

    settle: async (call, run) => {
      const id = idOf(call);
      if (!id) return run();
      const name = id.join(' ');
      if (running.has(name)) throw keyInUse();
      running.add(name);
      try {
        return await run();
      } catch (error) {
        const stored = mayBeFirst(error) ? await repository.find(id) : undefined;
        if (!stored) throw error;
        return replay(stored, call);
      } finally {
        running.delete(name);
      }
    },

    guard: ({ userId, callName, key }) =>
      key === undefined ? undefined : { key: lockKeys.call(userId, callName, key), busy: keyInUse },
  };
}

/**
 * Whether the call's own first time may be why it was refused: it has changed the state of things,
 * or its process died after the commit and left its lock. A store that is away says nothing of it.
 */
const mayBeFirst = (error: unknown): boolean =>
  error instanceof Problem && error.status < 500 && error.code !== 'idempotency-key-reused';
