import type { Draw } from '../../../../shared/contracts/queue.ts';
import {
  chainStartText,
  chainText,
  type DrawFacts,
  drawSteps,
  emptyLeaf,
  seedText,
} from '../../../../shared/draw.ts';
import { openReceipt, type ReceiptParts, receiptPins } from '../../../../shared/receipt.ts';

/** A draw done again with what a browser brings along (docs/draw.md has every byte of it). */

export type Verdict = 'right' | 'wrong' | 'unknown';

interface PublishedKeys {
  keys: (JsonWebKey & { kid?: string })[];
}

const ascii = (text: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(text);
const toHex = (bytes: ArrayBuffer): string =>
  [...new Uint8Array(bytes)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
const fromHex = (text: string): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(text.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
const toBase64Url = (bytes: ArrayBuffer): string =>
  btoa(String.fromCharCode(...new Uint8Array(bytes)))
    .replace(/\+/g, '-')
    .replace(/\//g, '_')
    .replace(/=+$/, '');
const fromBase64Url = (text: string): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(atob(text.replace(/-/g, '+').replace(/_/g, '/')), (one) => one.charCodeAt(0));

const verdictOf = (fits: boolean): Verdict => (fits ? 'right' : 'wrong');

export function factsOf(draw: Draw): DrawFacts | undefined {
  const { concertId, registered, base, digest, secret } = draw;
  if (base === null || digest === null || secret === null) return undefined;
  return { concertId, registered, base, digest, secret };
}

export async function checkSecret({ secret }: DrawFacts, commitment: string): Promise<Verdict> {
  return verdictOf(toHex(await crypto.subtle.digest('SHA-256', fromHex(secret))) === commitment);
}

/** `unknown` when some leaves were lost: the chain was kept, and not what it was made of. */
export async function checkDigest(
  { concertId, registered, digest }: DrawFacts,
  leaves: readonly (string | null)[],
): Promise<Verdict> {
  if (leaves.length !== registered) return 'wrong';
  const sha1 = async (text: string): Promise<string> =>
    toHex(await crypto.subtle.digest('SHA-1', ascii(text)));
  let chain = await sha1(chainStartText(concertId));
  for (const leaf of leaves) chain = await sha1(chainText(chain, leaf ?? emptyLeaf));
  if (chain === digest) return 'right';
  return leaves.includes(null) ? 'unknown' : 'wrong';
}

/** RFC 7518 §3.4, and that the digest in what is signed is of this disclosure. */
async function isSigned(receipt: ReceiptParts, { keys }: PublishedKeys): Promise<boolean> {
  const { header, payload, signed, signature, disclosure } = receipt;
  const jwk = keys.find(({ kid }) => kid === header.kid);
  if (!jwk || header.alg !== receiptPins.alg || header.typ !== receiptPins.typ) return false;
  if (payload.aud !== receiptPins.aud || payload._sd_alg !== receiptPins.sdAlg) return false;
  const own = toBase64Url(await crypto.subtle.digest('SHA-256', ascii(disclosure)));
  if (!payload._sd.includes(own)) return false;
  const curve = { name: 'ECDSA', namedCurve: 'P-256' };
  // A key that says more than the curve, such as its use, is imported without that.
  const { kty = '', crv = '', x = '', y = '' } = jwk;
  const key = await crypto.subtle.importKey('jwk', { kty, crv, x, y }, curve, false, ['verify']);
  const how = { name: 'ECDSA', hash: 'SHA-256' };
  return crypto.subtle.verify(how, key, fromBase64Url(signature), ascii(signed));
}

/** Signed with a published key, of this room, and the one of the list under its index. */
export async function checkReceipt(
  { concertId }: DrawFacts,
  text: string,
  evidence: { leaves: readonly (string | null)[]; keys: PublishedKeys },
): Promise<{ verdict: Verdict; index: number | undefined; number: number | undefined }> {
  const receipt = openReceipt(text);
  const { room, registrationIndex: index, leaf, queueId } = receipt.facts;
  const listed = evidence.leaves[(index ?? 0) - 1];
  const isListed = listed === null || leaf === undefined || listed === leaf;
  const fits = room === concertId && isListed && (await isSigned(receipt, evidence.keys));
  const number = queueId === undefined ? undefined : Number(queueId);
  return { verdict: verdictOf(fits), index, number };
}

/** The number that a registration was drawn. @throws RangeError for one that did not take part. */
export async function drawnNumber(facts: DrawFacts, index: number): Promise<number> {
  const seed = await crypto.subtle.digest('SHA-256', ascii(seedText(facts)));
  const how = { name: 'HMAC', hash: 'SHA-256' };
  const key = await crypto.subtle.importKey('raw', seed, how, false, ['sign']);
  const steps = drawSteps(index, facts.registered);
  let step = steps.next();
  while (!step.done)
    step = steps.next(new Uint8Array(await crypto.subtle.sign('HMAC', key, ascii(step.value))));
  return facts.base + step.value;
}
