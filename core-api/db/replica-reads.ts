import type { Logger } from '../../shared/logger.ts';
import { Problem } from '../../shared/problems.ts';
import type { Database } from './database.ts';

/** Reads that may be a little old: lists for everybody, nothing that decides or is one's own. */
export type Reads = Pick<Database, 'rows' | 'arrays'>;

export interface ReplicaReadsOptions {
  primary: Reads;
  replicas: readonly Reads[];
  logger: Logger;
  /** Monotonic, in ms. */
  now: () => number;
  /** How far behind a replica may be. */
  lagMaxSeconds: number;
}

/** How long a replica is left alone that was away or too far behind; also how often each is asked. */
const restMs = 2_000;

/** The column's name differs: `…_Master` in MariaDB, `…_Source` in MySQL. */
interface ReplicaStatus {
  Seconds_Behind_Master?: number | null;
  Seconds_Behind_Source?: number | null;
}

interface Replica {
  reads: Reads;
  askedAt: number;
  isUsable: boolean;
}

/**
 * Reads from the replicas in turn, from the primary when none can be used: one that is away, whose
 * replication stands still, or that is too far behind. What a replica cannot tell about itself
 * (the right is missing, or it is fed by other means) is not held against it.
 */
export function createReplicaReads(options: ReplicaReadsOptions): Reads {
  const { primary, logger, now, lagMaxSeconds } = options;
  const replicas = options.replicas.map((reads): Replica => ({
    reads,
    askedAt: -Infinity,
    isUsable: false,
  }));
  let turn = 0;

  function note(replica: Replica, isUsable: boolean, why: unknown): void {
    if (replica.isUsable && !isUsable) logger.warn({ err: why }, 'a replica is not read from');
    replica.isUsable = isUsable;
    replica.askedAt = now();
  }

  async function ask(replica: Replica): Promise<void> {
    replica.askedAt = now();
    try {
      const [status] = await replica.reads.rows<ReplicaStatus>('SHOW REPLICA STATUS');
      const { Seconds_Behind_Master: master, Seconds_Behind_Source: source = master } =
        status ?? {};
      const isBehind = status !== undefined && (source ?? Infinity) > lagMaxSeconds;
      note(replica, !isBehind, new Error(`${source ?? 'no'} seconds behind`));
    } catch (error) {
      note(replica, !isAway(error), error);
    }
  }

  /** The next one that can be used; the first question to each is waited for by nobody. */
  function next(): Replica | undefined {
    for (const replica of replicas) {
      if (now() - replica.askedAt > restMs) void ask(replica);
    }
    const usable = replicas.filter(({ isUsable }) => isUsable);
    turn += 1;
    return usable[turn % usable.length];
  }

  async function read<T>(work: (reads: Reads) => Promise<T>): Promise<T> {
    const replica = next();
    if (!replica) return work(primary);
    try {
      return await work(replica.reads);
    } catch (error) {
      if (!isAway(error)) throw error;
      note(replica, false, error);
      return work(primary);
    }
  }

  return {
    rows: (sql, params) => read(({ rows }) => rows(sql, params)),
    arrays: (sql, params) => read(({ arrays }) => arrays(sql, params)),
  };
}

const isAway = (error: unknown): boolean =>
  error instanceof Problem && error.code === 'unavailable';
