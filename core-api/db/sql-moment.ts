import { Problem } from '../../shared/problems.ts';

/** What TIMESTAMP holds in both databases, with a year to spare on either side. */
const earliest = Date.UTC(1971, 0, 1);
const latest = Date.UTC(2037, 0, 1);

/**
 * A moment of the contract as a value for a TIMESTAMP column.
 * @throws Problem `invalid-request` at `path` for one that the column cannot hold.
 */
export function sqlMoment(path: string, text: string): Date {
  const moment = new Date(text);
  const timeMs = moment.getTime();
  if (timeMs >= earliest && timeMs < latest) return moment;
  throw new Problem('invalid-request', {
    errors: [{ path, message: 'must be a moment between 1971 and 2036' }],
  });
}
