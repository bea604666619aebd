import type { StoreProfile } from './mysql-options.ts';

/** A database or a Redis that can be used now. */
export interface Store {
  /** Which one and where, for the person who started it. */
  title: string;
  url: string;
  /** Ends it if we started it, else does nothing. */
  stop(): Promise<void>;
}

/** How a server of our own is started. */
export interface PrivateServerOptions {
  dataDir: string;
  profile: StoreProfile;
  env: NodeJS.ProcessEnv;
  log: (line: string) => void;
  signal?: AbortSignal;
  onUnexpectedExit?: (message: string) => void;
}
