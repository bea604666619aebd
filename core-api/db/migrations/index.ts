import { accounts } from './001-accounts.ts';
import { concerts } from './002-concerts.ts';
import { sales } from './003-sales.ts';
import { messages } from './004-messages.ts';
import { rooms } from './005-rooms.ts';
import { layouts } from './006-layouts.ts';
import { appendOnly } from './007-append-only.ts';
import { extensions } from './008-extensions.ts';
import { draws } from './009-draws.ts';
import { checkIns } from './010-check-ins.ts';
import { cancellations } from './011-cancellations.ts';
import { charges } from './012-charges.ts';
import { webhooks } from './013-webhooks.ts';
import { seatCounts } from './014-seat-counts.ts';
import { seatCountTriggers } from './015-seat-count-triggers.ts';
import { challenges } from './016-challenges.ts';
import { records } from './017-records.ts';

/**
 * One step of the schema. Statements are safe to repeat (`IF NOT EXISTS`), because MySQL commits
 * each DDL statement by itself and a step may have been cut in the middle.
 */
export interface Migration {
  name: string;
  /** A second guard: goes on without it where the account lacks the right. */
  mayBeRefused?: boolean;
  up: readonly string[];
  down: readonly string[];
}

/** In order. A migration that has been released is never edited; a new one follows it. */
export const migrations: readonly Migration[] = [
  accounts,
  concerts,
  sales,
  messages,
  rooms,
  layouts,
  appendOnly,
  extensions,
  draws,
  checkIns,
  cancellations,
  charges,
  webhooks,
  seatCounts,
  seatCountTriggers,
  challenges,
  records,
];
