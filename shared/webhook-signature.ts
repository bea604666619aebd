import { createHmac, type KeyObject, timingSafeEqual } from 'node:crypto';

/**
 * Signed webhooks as Standard Webhooks has them (standardwebhooks.com, spec 1.0), both those we
 * take and those we send:
 *
 *     webhook-id:        the same for every try of one message
 *     webhook-timestamp: Unix time of this try in seconds
 *     webhook-signature: v1,<base64 HMAC-SHA-256 of "id.timestamp.body">; several by a blank
 */
export const webhookHeaders = {
  id: 'webhook-id',
  timestamp: 'webhook-timestamp',
  signature: 'webhook-signature',
} as const;

const toleranceMs = 5 * 60_000;
const version = 'v1,';
const idPattern = /^[\x21-\x7e]{1,128}$/;
const secondsPattern = /^[0-9]{1,12}$/;
/** More signatures than any rotation needs. */
const signaturesMax = 8;

export interface WebhookMessage {
  id: string;
  body: Uint8Array;
}

function digest(key: KeyObject, id: string, seconds: string, body: Uint8Array): Buffer {
  return createHmac('sha256', key).update(`${id}.${seconds}.`).update(body).digest();
}

/** The headers of one try. @param nowMs Unix time. */
export function signWebhook(
  key: KeyObject,
  { id, body }: WebhookMessage,
  nowMs: number,
): Record<string, string> {
  const seconds = String(Math.floor(nowMs / 1_000));
  return {
    [webhookHeaders.id]: id,
    [webhookHeaders.timestamp]: seconds,
    [webhookHeaders.signature]: version + digest(key, id, seconds, body).toString('base64'),
  };
}

/**
 * Whether one of the keys has signed the message within the last or next five minutes. Every key
 * is tried against every signature, each in constant time, so that both sides can rotate.
 */
export function isSignedWebhook(
  keys: Iterable<KeyObject>,
  given: { header: (name: string) => string | undefined; body: Uint8Array },
  nowMs: number,
): boolean {
  const { header, body } = given;
  const id = header(webhookHeaders.id) ?? '';
  const seconds = header(webhookHeaders.timestamp) ?? '';
  if (!idPattern.test(id) || !secondsPattern.test(seconds)) return false;
  if (Math.abs(nowMs - Number(seconds) * 1_000) > toleranceMs) return false;
  const signatures = (header(webhookHeaders.signature) ?? '').split(' ').slice(0, signaturesMax);
  const sent = signatures
    .filter((text) => text.startsWith(version))
    .map((text) => Buffer.from(text.slice(version.length), 'base64'));
  return [...keys].some((key) => {
    const expected = digest(key, id, seconds, body);
    return sent.some(
      (bytes) => bytes.length === expected.length && timingSafeEqual(bytes, expected),
    );
  });
}
