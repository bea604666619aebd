/**
 * `npm run verify-ticket -- <code> [--keys <file or JSON>]`: whether a ticket is genuine, without a
 * network. The keys are the public ones (`/.well-known/jwks.json`, or `ticket-public.json` of this
 * `DATA_DIR`). Prints what the ticket is for; ends with 1 when it is none. Whether the seat was
 * given back, or somebody came in already, only `POST /admin/check-in` knows.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createTicketTokens, type TicketClaims } from '../core-api/tickets/ticket-token.ts';
import { pickP256Keys } from '../shared/keys.ts';
import { isMain } from './is-main.ts';
import { dataDirOf } from './stack/find-stack.ts';

const usage = 'Usage: npm run verify-ticket -- <code> [--keys <file or JSON>]';

/** @throws Error for words it does not know, and for keys that are none. */
export function verifyTicket(
  argv: readonly string[],
  env: NodeJS.ProcessEnv,
): TicketClaims | undefined {
  const at = argv.indexOf('--keys');
  const given = at < 0 ? undefined : argv[at + 1];
  const [code, ...rest] = at < 0 ? argv : [...argv.slice(0, at), ...argv.slice(at + 2)];
  if (code === undefined || rest.length > 0 || (at >= 0 && given === undefined)) {
    throw new Error(usage);
  }
  const keys = given ?? join(dataDirOf(env), 'keys', 'ticket-public.json');
  const published = keys.trimStart().startsWith('{') ? keys : readFileSync(keys, 'utf8');
  return createTicketTokens(pickP256Keys(published)).verify(code);
}

if (isMain(import.meta.url)) {
  try {
    const claims = verifyTicket(process.argv.slice(2), process.env);
    console.log(claims ? JSON.stringify(claims) : 'not a ticket of these keys');
    process.exitCode = claims ? 0 : 1;
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  }
}
