import type { Fault } from '../faults.ts';

/** Stores of another kind in the place of one Redis or one database, and what can break in them. */
export interface Engine {
  /** For all services: where the stores are. */
  env: Record<string, string>;
  /** Where the one database and the one Redis keep their data, if it matters. */
  dataDirs?: { database: string; redis: string };
  faults: readonly Fault[];
  /** What was measured besides, in lines; after the run. */
  figures?(): Promise<string[]>;
  close(): Promise<void>;
}
