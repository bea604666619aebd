import {
  createHash,
  createHmac,
  createPublicKey,
  type JsonWebKey,
  type KeyObject,
  verify,
} from 'node:crypto';
import type { Draw } from '../../shared/contracts/queue.ts';
import {
  chainStartText,
  chainText,
  type DrawFacts,
  drawPlace,
  emptyLeaf,
  seedText,
} from '../../shared/draw.ts';
import { openReceipt, type ReceiptFacts, receiptPins } from '../../shared/receipt.ts';

export interface Check {
  verdict: 'right' | 'wrong' | 'unknown';
  what: string;
}

export interface LeafPage {
  items: { registrationIndex: number; leaf: string | null }[];
  nextCursor: string | null;
}

export interface PublishedKeys {
  keys: JsonWebKey[];
}

export interface Evidence {
  receipt?: string | undefined;
  index?: number | undefined;
  /** The number that the index should have been drawn. */
  number?: number | undefined;
  pages?: readonly LeafPage[] | undefined;
  keys?: PublishedKeys | undefined;
}

const hash = (name: string, bytes: string | Buffer): Buffer =>
  createHash(name).update(bytes).digest();

const verdictOf = (fits: boolean): Check['verdict'] => (fits ? 'right' : 'wrong');

function factsOf({ concertId, registered, base, digest, secret }: Draw): DrawFacts | undefined {
  if (base === null || digest === null || secret === null) return undefined;
  return { concertId, registered, base, digest, secret };
}

function checkSecret({ secret }: DrawFacts, { commitment }: Draw): Check {
  const fits = hash('sha256', Buffer.from(secret, 'hex')).toString('hex') === commitment;
  return { verdict: verdictOf(fits), what: 'the secret is the one whose hash was published' };
}

function checkDigest(facts: DrawFacts, pages: readonly LeafPage[]): Check {
  const leaves = pages.flatMap(({ items }) => items);
  const what = `the digest is over the receipts of all ${facts.registered}`;
  if (leaves.length !== facts.registered) return { verdict: 'wrong', what };
  const chain = leaves.reduce(
    (link, { leaf }) => hash('sha1', chainText(link, leaf ?? emptyLeaf)).toString('hex'),
    hash('sha1', chainStartText(facts.concertId)).toString('hex'),
  );
  if (chain === facts.digest) return { verdict: 'right', what };
  const lost = leaves.filter(({ leaf }) => leaf === null).length;
  if (lost === 0) return { verdict: 'wrong', what };
  // A store that lost its memory keeps the chain, and not what it was made of.
  return { verdict: 'unknown', what: `${what}: ${lost} of them are not there any more` };
}

function keyOf(keys: PublishedKeys, kid: string): KeyObject | undefined {
  const found = keys.keys.find((key) => key['kid'] === kid);
  return found && createPublicKey({ key: found, format: 'jwk' });
}

/** The signature of a receipt (RFC 7518 §3.4), and that the digest in it is of this disclosure. */
export function isSigned(text: string, keys: PublishedKeys): boolean {
  const { header, payload, signed, signature, disclosure } = openReceipt(text);
  const key = header.alg === receiptPins.alg && keyOf(keys, header.kid);
  if (!key || header.typ !== receiptPins.typ || payload.aud !== receiptPins.aud) return false;
  if (payload._sd_alg !== receiptPins.sdAlg) return false;
  if (!payload._sd.includes(hash('sha256', disclosure).toString('base64url'))) return false;
  const bytes = Buffer.from(signature, 'base64url');
  return verify('sha256', Buffer.from(signed), { key, dsaEncoding: 'ieee-p1363' }, bytes);
}

function checkReceipt(facts: DrawFacts, found: ReceiptFacts, evidence: Evidence): Check[] {
  const { receipt = '', keys, pages } = evidence;
  const checks: Check[] = [
    { verdict: verdictOf(found.room === facts.concertId), what: 'the receipt is of this room' },
  ];
  if (keys) {
    const verdict = verdictOf(isSigned(receipt, keys));
    checks.push({ verdict, what: 'the receipt is signed with a published key' });
  }
  const { registrationIndex: index = 0, leaf } = found;
  const listed = pages?.flatMap(({ items }) => items)[index - 1]?.leaf;
  if (pages && leaf !== undefined && listed !== null)
    checks.push({
      verdict: verdictOf(listed === leaf),
      what: `the receipt is number ${index} of the list`,
    });
  return checks;
}

function checkNumber(facts: DrawFacts, index: number, expected: number | undefined): Check {
  const seed = hash('sha256', seedText(facts));
  const hmac = (text: string): Buffer => createHmac('sha256', seed).update(text).digest();
  if (index > facts.registered)
    return { verdict: 'wrong', what: `index ${index} did not take part` };
  const number = facts.base + drawPlace(index, facts.registered, hmac);
  const what = `index ${index} was drawn number ${number}`;
  if (expected === undefined || expected === number) return { verdict: 'right', what };
  return { verdict: 'wrong', what: `${what}, and not ${expected}` };
}

/** Does a draw again. What cannot be checked with what is given is left out, or `unknown`. */
export function checkDraw(draw: Draw, evidence: Evidence): Check[] {
  const facts = factsOf(draw);
  if (!facts) return [{ verdict: 'unknown', what: 'the draw has not taken place' }];
  const checks = [checkSecret(facts, draw)];
  if (evidence.pages) checks.push(checkDigest(facts, evidence.pages));
  const found = evidence.receipt === undefined ? undefined : openReceipt(evidence.receipt).facts;
  if (found) checks.push(...checkReceipt(facts, found, evidence));
  const index = evidence.index ?? found?.registrationIndex;
  const told = found?.queueId === undefined ? undefined : Number(found.queueId);
  if (index !== undefined) checks.push(checkNumber(facts, index, evidence.number ?? told));
  return checks;
}
