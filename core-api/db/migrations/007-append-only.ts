import type { Migration } from './index.ts';

const refuse = (name: string, event: 'UPDATE' | 'DELETE'): string[] => [
  // Not `CREATE … IF NOT EXISTS`: MySQL knows that only since 8.0.29.
  `DROP TRIGGER IF EXISTS ${name}`,
  `CREATE TRIGGER ${name} BEFORE ${event} ON point_history FOR EACH ROW
    SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'point history is only ever added to'`,
];

/**
 * The ledger is append-only, whoever writes to it. Where the account may not make triggers (a
 * server with a binary log and without `log_bin_trust_function_creators`), the code still only
 * adds rows and `npm run audit` finds a change.
 */
export const appendOnly: Migration = {
  name: '007-append-only',
  mayBeRefused: true,
  up: [...refuse('tr_history_no_update', 'UPDATE'), ...refuse('tr_history_no_delete', 'DELETE')],
  down: [
    'DROP TRIGGER IF EXISTS tr_history_no_update',
    'DROP TRIGGER IF EXISTS tr_history_no_delete',
  ],
};
