import type { EdgeApp, EdgeContext } from '../http/edge-env.ts';
import type { PageAssets } from './page-assets.ts';
import { encodingFor } from './page-response.tsx';

/** A name carries the hash of its content, so what it names never changes. */
const forever = 'public, max-age=31536000, immutable';

const icon = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="8" fill="#0b5c4a"/><path d="M6 16h6M15 16h3M21 16h1.5" stroke="#fff" stroke-width="2.4" stroke-linecap="round"/><circle cx="26" cy="16" r="2" fill="#fff"/></svg>`;

/** Scripts and styles of the pages. */
export function assetRoutes(app: EdgeApp, assets: PageAssets): readonly string[] {
  app.get(
    '/assets/icon.svg',
    () =>
      new Response(icon, {
        headers: { 'content-type': 'image/svg+xml', 'cache-control': 'public, max-age=86400' },
      }),
  );
  app.get('/assets/:file', (c: EdgeContext) => {
    const asset = assets.find(c.req.param('file') ?? '');
    if (!asset) return c.notFound();
    const encoding = encodingFor(c.req.header('accept-encoding'));
    return new Response(new Uint8Array(asset.bytes[encoding]), {
      headers: {
        'content-type': asset.type,
        'cache-control': forever,
        vary: 'accept-encoding',
        ...(encoding === 'identity' ? {} : { 'content-encoding': encoding }),
      },
    });
  });
  return ['/assets/{file}'];
}
