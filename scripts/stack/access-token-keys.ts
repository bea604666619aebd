import { join } from 'node:path';
import { findStack } from './find-stack.ts';

/**
 * The private keys that access tokens are signed with: what the environment gives, else those of
 * the stack that runs on this `DATA_DIR`.
 * @throws Error when there is neither.
 */
export function accessTokenKeysOf(env: NodeJS.ProcessEnv): string {
  const given = env['ACCESS_TOKEN_KEYS'];
  if (given) return given;
  const stack = findStack(env);
  if (stack) return join(stack.keysDir, 'access-token.json');
  throw new Error('No running stack for this DATA_DIR, and ACCESS_TOKEN_KEYS is not set.');
}
