import type { Tx } from '../db/transaction.ts';
import type { NewEvent, OutboxRepository } from './outbox-repository.ts';

/** Where the features leave what the gateway must hear. */
export interface Outbox {
  /** In the transaction of what happened: committed with it or not at all. */
  append(tx: Tx, ...events: readonly NewEvent[]): Promise<void>;
  /** After the commit: there is something to deliver. Never waits, never fails. */
  kick(): void;
  /** The relay's ear. */
  onKick(listener: () => void): void;
}

export function createOutbox(repository: Pick<OutboxRepository, 'append'>): Outbox {
  let listener: () => void = () => undefined;
  return {
    append: (tx, ...events) => repository.append(tx, ...events),
    kick: () => listener(),
    onKick: (next) => {
      listener = next;
    },
  };
}
