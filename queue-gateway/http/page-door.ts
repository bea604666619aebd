import type { IncomingMessage } from 'node:http';
import { Problem } from '../../shared/problems.ts';
import { readCookies } from './cookie-rules.ts';
import { isOwnWish } from './same-origin-rules.ts';

/** No script gets a token to read: those calls are made by the pages themselves. */
const answersWithToken = /^\/(auth\/|queue\/[0-9]+\/tokens(\/me\/activate)?(\?|$))/;
const doorPath = /^(?:\/c\/[0-9]{1,16})?\/api(\/.*)$/;
const credentials = new Set(['cookie', 'authorization', 'x-queue-token']);

const one = (value: string | string[] | undefined): string | undefined =>
  Array.isArray(value) ? value[0] : value;

function isOwn({ method, headers }: IncomingMessage): boolean {
  const { origin, host } = headers;
  return isOwnWish({ method, origin, host, secFetchSite: one(headers['sec-fetch-site']) });
}

/** The headers without what a caller says of itself, and with what its cookies say instead. */
function exchangeCredentials(incoming: IncomingMessage, target: string): void {
  const { session, queue } = readCookies(incoming.headers.cookie);
  const given = incoming.rawHeaders;
  const raw: string[] = [];
  for (let at = 0; at < given.length; at += 2) {
    const name = given[at] ?? '';
    if (!credentials.has(name.toLowerCase())) raw.push(name, given[at + 1] ?? '');
  }
  for (const name of credentials) delete incoming.headers[name];
  const set = (name: string, value: string): void => {
    incoming.headers[name] = value;
    raw.push(name, value);
  };
  if (!answersWithToken.test(target)) {
    if (session !== undefined) set('authorization', `Bearer ${session}`);
    if (queue !== undefined) set('x-queue-token', queue);
  }
  incoming.rawHeaders = raw;
}

/** Whether a path may be the door's, told by a glance: every request is asked. */
export const mayBeDoor = (url: string): boolean => url.startsWith('/c/') || url.startsWith('/api/');

/**
 * The door by which scripts of our own pages reach the API: `/api/…` with the visitor's account,
 * `/c/{concertId}/api/…` with the queue token of that room too. The cookies, which no script can
 * read, become the headers that the API takes; from there on it is the same call as anybody's.
 * @returns the refusal of a change that another site asked for.
 */
export function openPageDoor(incoming: IncomingMessage): Problem | undefined {
  const target = doorPath.exec(incoming.url ?? '')?.[1];
  if (target === undefined) return undefined;
  if (!isOwn(incoming))
    return new Problem('forbidden', { detail: 'Only our own pages may ask that' });
  incoming.url = target;
  exchangeCredentials(incoming, target);
  return undefined;
}
