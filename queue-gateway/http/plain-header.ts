import { Problem } from '../../shared/problems.ts';

/** RFC 9110 §5.5 without obs-text: a reader behind us need not guess a charset. */
const plainValue = /^[\t\x20-\x7e]*$/;

/** @throws Problem `invalid-request` for a value that is not plain ASCII. */
export function requirePlain(name: string, value: string): void {
  if (plainValue.test(value)) return;
  throw new Problem('invalid-request', {
    errors: [{ path: `header.${name}`, message: 'must be plain ASCII' }],
  });
}
