/**
 * redlock 5.0.0-beta.2 ships types that its `exports` do not name, so NodeNext finds none
 * (node-redlock issue 173). Only what `lock.ts` uses stands here.
 */
declare module 'redlock' {
  /** What Redlock asks of a client: keys, then arguments, as one list. */
  export interface RedlockClient {
    evalsha(hash: string, keyCount: number, args: string[]): Promise<unknown>;
    eval(script: string, keyCount: number, args: string[]): Promise<unknown>;
  }

  export interface ExecutionStats {
    readonly membershipSize: number;
    readonly quorumSize: number;
    readonly votesAgainst: Map<unknown, Error>;
  }

  export class ResourceLockedError extends Error {}

  export class ExecutionError extends Error {
    readonly attempts: readonly Promise<ExecutionStats>[];
  }

  export class Lock {
    /** Unix time in ms. */
    expiration: number;
    release(): Promise<unknown>;
  }

  export default class Redlock {
    constructor(clients: Iterable<RedlockClient>, settings: { retryCount: number });
    acquire(resources: string[], durationMs: number): Promise<Lock>;
  }
}
