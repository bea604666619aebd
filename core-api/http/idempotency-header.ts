import { Problem } from '../../shared/problems.ts';

/** Visible ASCII, 1 to 255 characters; two headers arrive joined by a blank and are refused too. */
const pattern = /^[\x21-\x7e]{1,255}$/;

/** @throws Problem `invalid-request` for a key that is not one. */
export function idempotencyKeyOf(given: string | string[] | undefined): string | undefined {
  if (given === undefined) return undefined;
  if (typeof given === 'string' && pattern.test(given)) return given;
  const message = 'must be 1 to 255 visible ASCII characters';
  throw new Problem('invalid-request', { errors: [{ path: 'header.Idempotency-Key', message }] });
}
