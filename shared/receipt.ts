/**
 * What joining is confirmed by: an SD-JWT (RFC 9901) with one disclosure, `entry`. One signature is
 * over the digests of several receipts; each holder has the one disclosure that is theirs. Nothing of
 * node is imported, so that a browser can read it as it is.
 */
export interface ReceiptFacts {
  /** Account. */
  sub: string;
  room: string;
  epoch: number;
  /** Version of the policy that was in force. */
  policyVersion: number;
  /** The number in line, once there is one. */
  queueId?: string | undefined;
  /** Of who registered for a draw, with the leaf of the chain over all receipts. */
  registrationIndex?: number | undefined;
  leaf?: string | undefined;
}

export interface ReceiptParts {
  /** What the signature is over: ASCII of `header.payload`. */
  signed: string;
  /** base64url of R and S, 32 bytes each (RFC 7518 §3.4). */
  signature: string;
  header: { alg: string; typ: string; kid: string };
  /** `iat` is the time of the server in Unix seconds. */
  payload: { iss: string; aud: string; iat: number; _sd_alg: string; _sd: string[] };
  /** Its SHA-256, base64url, is one of `_sd`. */
  disclosure: string;
  facts: ReceiptFacts;
}

export const receiptPins = {
  alg: 'ES256',
  typ: 'receipt+sd-jwt',
  iss: 'queue-gateway',
  aud: 'receipt',
  sdAlg: 'sha-256',
} as const;

const form = /^([\w-]+)\.([\w-]+)\.([\w-]+)~([\w-]+)~$/;

function decode<T>(segment: string): T {
  const text = atob(segment.replace(/-/g, '+').replace(/_/g, '/'));
  const bytes = Uint8Array.from(text, (character) => character.charCodeAt(0));
  return JSON.parse(new TextDecoder().decode(bytes)) as T;
}

/**
 * Takes a receipt apart. Nothing is verified: that is a signature and a digest more.
 * @throws Error when it is none.
 */
export function openReceipt(text: string): ReceiptParts {
  const [, header = '', payload = '', signature = '', disclosure = ''] =
    form.exec(text.trim()) ?? [];
  if (disclosure === '') throw new Error('This is not a receipt.');
  const [, name, facts] = decode<[string, string, ReceiptFacts]>(disclosure);
  if (name !== 'entry') throw new Error('This receipt discloses something else than an entry.');
  return {
    signed: `${header}.${payload}`,
    signature,
    header: decode(header),
    payload: decode(payload),
    disclosure,
    facts,
  };
}
