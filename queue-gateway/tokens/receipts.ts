import { createHash, randomFillSync, sign } from 'node:crypto';
import type { KeySet } from '../../shared/keys.ts';
import { type ReceiptFacts, receiptPins } from '../../shared/receipt.ts';

/** Signed receipts of joining, for anybody to check by the published keys. */
export interface Receipts {
  /** Signs together what is asked for in the same turn of the event loop. */
  issue(facts: ReceiptFacts): Promise<string>;
}

interface Asked {
  disclosure: string;
  resolve: (receipt: string) => void;
  reject: (error: unknown) => void;
}

/** Sixteen digests make a receipt one kilobyte; a signature costs as much as ten digests. */
const batchMax = 16;
const saltBytes = 16;

/** One call for the salts of many receipts: a call costs more than its bytes. */
const saltsAtOnce = 256;

function createSalts(): () => string {
  const pool = Buffer.alloc(saltBytes * saltsAtOnce);
  let at = pool.length;
  return () => {
    if (at === pool.length) {
      randomFillSync(pool);
      at = 0;
    }
    at += saltBytes;
    return pool.toString('base64url', at - saltBytes, at);
  };
}

const toSegment = (value: unknown): string =>
  Buffer.from(JSON.stringify(value)).toString('base64url');

const digestOf = (disclosure: string): string =>
  createHash('sha256').update(disclosure).digest('base64url');

/** RFC 7515 §3.1 over RFC 9901 §4.2.4: digests in an order that says nothing. */
function signBatch(keys: KeySet, disclosures: readonly string[], nowMs: number): string {
  const { kid, key } = keys.signing;
  const { alg, typ, iss, aud, sdAlg } = receiptPins;
  const digests = disclosures.map(digestOf).sort();
  const iat = Math.floor(nowMs / 1_000);
  const payload = toSegment({ iss, aud, iat, _sd_alg: sdAlg, _sd: digests });
  const signed = `${toSegment({ alg, typ, kid })}.${payload}`;
  const signature = sign('sha256', Buffer.from(signed), { key, dsaEncoding: 'ieee-p1363' });
  return `${signed}.${signature.toString('base64url')}`;
}

/** @param options.keys P-256 private keys; the first signs. */
export function createReceipts(options: { keys: KeySet; now: () => number }): Receipts {
  const { keys, now } = options;
  const newSalt = createSalts();
  let asked: Asked[] = [];

  function answer(batch: readonly Asked[]): void {
    try {
      const signed = signBatch(
        keys,
        batch.map(({ disclosure }) => disclosure),
        now(),
      );
      for (const { disclosure, resolve } of batch) resolve(`${signed}~${disclosure}~`);
    } catch (error) {
      for (const { reject } of batch) reject(error);
    }
  }

  function flush(): void {
    const taken = asked;
    asked = [];
    for (let at = 0; at < taken.length; at += batchMax) answer(taken.slice(at, at + batchMax));
  }

  return {
    issue: (facts) =>
      new Promise((resolve, reject) => {
        if (asked.length === 0) setImmediate(flush);
        asked.push({ disclosure: toSegment([newSalt(), 'entry', facts]), resolve, reject });
      }),
  };
}
