import { getJwks, healthLive, healthReady } from '../../shared/contracts/ops.ts';
import { type KeySet, perVersion, toPublicJwks } from '../../shared/keys.ts';
import { Problem } from '../../shared/problems.ts';
import type { Bind } from '../http/bind.ts';

export interface HealthDeps {
  /** Resolves when Redis answers. */
  pingRedis: () => Promise<unknown>;
  coreReady: () => Promise<boolean>;
  /** True from the moment the process was told to stop. */
  isDraining: () => boolean;
}

const word = (ok: boolean): 'ok' | 'down' => (ok ? 'ok' : 'down');

const succeeds = (promise: Promise<unknown>): Promise<boolean> =>
  promise.then(
    () => true,
    () => false,
  );

/** Live: the process runs. Ready: a request could be served right now, all the way. */
export function healthRoutes(bind: Bind, deps: HealthDeps): void {
  bind(healthLive, () => ({ status: 'ok' as const }));
  bind(healthReady, async () => {
    const [redis, core] = await Promise.all([succeeds(deps.pingRedis()), deps.coreReady()]);
    const checks = { redis: word(redis), core: word(core), process: word(!deps.isDraining()) };
    if (redis && core && !deps.isDraining()) return { status: 'ok' as const, checks };
    throw new Problem('unavailable', { extra: { checks } });
  });
}

/** How long others may keep the document: a key is published for longer than this before it signs. */
const jwksMaxAgeSeconds = 60;

/** RFC 7517. The next key of a rotation is here before anything is signed with it. */
export function jwksRoutes(bind: Bind, keySets: readonly KeySet[]): void {
  const body = perVersion(
    () => keySets.reduce((sum, { version }) => sum + version, 0),
    () => ({
      keys: keySets.flatMap((set) => toPublicJwks(set).keys) as Record<string, unknown>[],
    }),
  );
  const headers = { 'cache-control': `public, max-age=${jwksMaxAgeSeconds}` };
  bind(getJwks, () => ({ status: 200, body: body(), headers }));
}
