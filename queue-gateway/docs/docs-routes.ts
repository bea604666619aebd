import { createHash } from 'node:crypto';
import { openApiText } from '../../shared/contracts/openapi.ts';
import { getOpenApi } from '../../shared/contracts/ops.ts';
import type { Bind } from '../http/bind.ts';
import type { EdgeApp, EdgeContext } from '../http/edge-env.ts';
import { ownFilesPolicy } from '../http/security-headers.ts';
import { sendBytes } from '../http/send-reply.ts';
import { type Asset, loadViewerAssets } from './viewer-assets.ts';

/** Paths beside the contracts, so that another method there is 405 too. */
export const docsPaths: readonly (readonly [string, readonly string[]])[] = [
  ['/docs', ['GET', 'HEAD']],
  ['/docs/{file}', ['GET', 'HEAD']],
];

/** The viewer draws its icons as `data:` images, and has no form. */
const viewerPolicy = ownFilesPolicy("'none'");

function answerAsset(c: EdgeContext, asset: Asset): Response {
  const headers = {
    'content-type': asset.type,
    'content-security-policy': viewerPolicy,
    'cache-control': 'public, max-age=3600',
    etag: asset.etag,
  };
  if (c.req.header('if-none-match') === asset.etag)
    return new Response(null, { status: 304, headers });
  return sendBytes(c.env.outgoing, asset.bytes, headers);
}

/** `GET /openapi.json`, and a viewer for it at `GET /docs`. */
export function docsRoutes(app: EdgeApp, bind: Bind): void {
  const bytes = Buffer.from(openApiText());
  const etag = `"${createHash('sha256').update(bytes).digest('base64url').slice(0, 22)}"`;
  bind(getOpenApi, ({ request }) => {
    const headers = { etag, 'cache-control': 'public, max-age=300' };
    if (request.header('if-none-match') === etag)
      return new Response(null, { status: 304, headers });
    return sendBytes(request.outgoing, bytes, { 'content-type': 'application/json', ...headers });
  });

  const assets = loadViewerAssets();
  app.get('/docs', (c) => answerAsset(c, assets.page));
  app.get('/docs/:file', (c) => {
    const asset = assets.files.get(c.req.param('file'));
    return asset ? answerAsset(c, asset) : c.notFound();
  });
}
