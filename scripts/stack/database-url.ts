import { findStack } from './find-stack.ts';

/**
 * The database a command works on: `DATABASE_URL`, else that of the stack which runs on this
 * `DATA_DIR`.
 * @throws Error with a sentence for the person who typed the command.
 */
export function databaseUrlOf(env: NodeJS.ProcessEnv): string {
  const url = env['DATABASE_URL'] || findStack(env)?.databaseUrl;
  if (url) return url;
  throw new Error('No running stack for this DATA_DIR, and DATABASE_URL is not set.');
}
