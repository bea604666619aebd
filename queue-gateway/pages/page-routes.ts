import { createDispatch } from '../http/dispatch.ts';
import type { EdgeApp } from '../http/edge-env.ts';
import type { ToAnswer } from '../http/errors.ts';
import type { AccessTokens } from '../tokens/access-token.ts';
import { accountRoutes } from './account/account-routes.ts';
import { adminRoutes } from './admin/admin-routes.ts';
import { assetRoutes } from './asset-routes.ts';
import { concertRoutes } from './concerts/concert-routes.ts';
import { loadPageAssets } from './page-assets.ts';
import { checkoutRoutes } from './own/checkout-routes.ts';
import { ownRoutes } from './own/own-routes.ts';
import { recordRoutes } from './record/record-routes.tsx';
import { roomRoutes } from './room/room-routes.ts';
import { seatsRoutes } from './seats/seats-routes.ts';
import { createPageBinder, type PageBinder } from './page-binder.ts';

export interface PageRoutesDeps {
  toAnswer: ToAnswer;
  accessTokens: AccessTokens;
}

/**
 * Every page. A feature binds its own by `(pages: PageBinder) => void`.
 * @returns the paths that were bound and their methods
 */
export function pageRoutes(app: EdgeApp, deps: PageRoutesDeps): PageBinder['paths'] {
  const assets = loadPageAssets();
  const pages = createPageBinder({ ...deps, app, assets, dispatch: createDispatch(app) });
  for (const bind of [
    concertRoutes,
    accountRoutes,
    roomRoutes,
    seatsRoutes,
    recordRoutes,
    checkoutRoutes,
    ownRoutes,
    adminRoutes,
  ])
    bind(pages);
  const files = assetRoutes(app, assets).map((path): [string, string[]] => [path, ['GET', 'HEAD']]);
  return new Map([...pages.paths, ...files]);
}
