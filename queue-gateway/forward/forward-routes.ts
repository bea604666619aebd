import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response';
import type { Endpoint } from '../../shared/contracts/endpoint.ts';
import { forwardedEndpoints } from '../../shared/contracts/index.ts';
import { checkQuery, parseParams } from '../../shared/contracts/parse.ts';
import { queryOf, roomIdOf } from '../http/bind.ts';
import { type EdgeApp, type EdgeContext, toRoutePath } from '../http/edge-env.ts';
import type { Shortcuts } from '../http/shortcuts.ts';
import { createForward, type ForwarderOptions } from './forwarder.ts';
import { createReadSigner } from './read-signer.ts';
import { createFillTarget } from './target-rules.ts';

export type { LineLease } from './forwarder.ts';

export interface ForwardOptions extends Omit<ForwarderOptions, 'signRead'> {
  shortcuts: Shortcuts;
}

/** Every call of the contracts that the core answers, by its exact template. */
export function forwardRoutes(app: EdgeApp, options: ForwardOptions): void {
  const signRead = createReadSigner({ keys: options.assertionKeys, now: options.now });

  function bindForward(endpoint: Endpoint): void {
    const forward = createForward(endpoint, { ...options, signRead });
    const fillTarget = createFillTarget(endpoint.path);
    app.on(endpoint.method, toRoutePath(endpoint.path), async (c: EdgeContext) => {
      const url = c.env.incoming.url ?? '';
      const params = c.req.param() as Record<string, string>;
      const roomId = roomIdOf(parseParams(endpoint, params));
      const target = (): string => {
        const query = queryOf(url);
        checkQuery(endpoint, query);
        const filled = fillTarget(params, query);
        const to = { roomId, target: () => filled };
        options.shortcuts.learn(endpoint.method, url, (request) => forward(request, to));
        return filled;
      };
      await forward(c.env, { roomId, target });
      return RESPONSE_ALREADY_SENT;
    });
  }

  for (const endpoint of forwardedEndpoints) bindForward(endpoint);
}
