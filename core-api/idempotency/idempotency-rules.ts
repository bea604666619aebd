import { createHash } from 'node:crypto';
import { Problem } from '../../shared/problems.ts';

/** One call that may carry an Idempotency-Key (draft-ietf-httpapi-idempotency-key-header-07). */
export interface KeyedCall {
  userId: string;
  /** The endpoint's name: a key of one call says nothing about another call. */
  callName: string;
  /** Undefined: the client sent none, and nothing is stored. */
  key: string | undefined;
  /** What the key stands for: the parsed body and the ids of the path. */
  input: { params: unknown; body: unknown };
  /** Of a first answer; 201 unless said. */
  status?: ReplyStatus;
}

export type ReplyStatus = 201 | 202;

export interface StoredReply {
  fingerprint: Buffer;
  replyStatus: ReplyStatus;
  replyBody: string;
}

/** JSON with the members of every object in order, so that equal values have equal text. */
function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value ?? null);
  const members = Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, member]) => `${JSON.stringify(name)}:${canonicalJson(member)}`);
  return `{${members.join(',')}}`;
}

/** 32 bytes. */
export const fingerprintOf = ({ params, body }: KeyedCall['input']): Buffer =>
  createHash('sha256').update(canonicalJson({ params, body })).digest();

export const keyInUse = (): Problem =>
  new Problem('idempotency-key-in-use', { retryAfterSeconds: 1 });

/** @throws Problem `idempotency-key-reused` when the stored answer belongs to another input. */
export function checkSameInput(stored: StoredReply, input: KeyedCall['input']): void {
  if (!stored.fingerprint.equals(fingerprintOf(input))) throw new Problem('idempotency-key-reused');
}
