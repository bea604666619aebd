import type { RequestHandler } from 'express';
import { bodyLimitBytes, type Endpoint } from '../../shared/contracts/endpoint.ts';
import { Problem } from '../../shared/problems.ts';
import type { PeerCheck } from './peer-check.ts';
import { readBody } from './read-body.ts';

/** `/a/{b}/c` as a pattern that matches one whole path. */
const toPattern = (template: string): RegExp =>
  new RegExp(`^${template.replace(/\{\w+\}/g, '[^/]+')}$`);

/**
 * What no endpoint takes: 405 with `Allow` where the path exists, else 404. Strangers learn
 * neither: they get the same 401 as everywhere.
 */
export function createFallback(endpoints: readonly Endpoint[], peer: PeerCheck): RequestHandler {
  const known = endpoints.map(({ path, method }) => ({ pattern: toPattern(path), method }));
  return async (request, response) => {
    peer.assertHeader(request);
    await peer.verify(request, await readBody(request, bodyLimitBytes));
    const allowed = known.filter(({ pattern }) => pattern.test(request.path));
    if (allowed.length === 0) throw new Problem('not-found');
    response.setHeader('allow', allowed.map(({ method }) => method).join(', '));
    throw new Problem('method-not-allowed');
  };
}
