import type { PageBinder } from '../page-binder.ts';
import { adminRoomRoutes } from './admin-room-routes.ts';
import { adminRecordRoutes } from './admin-record-routes.tsx';
import { adminDoorRoutes } from './door/admin-door-routes.ts';
import { adminHooksRoutes } from './hooks/admin-hooks-routes.ts';
import { adminParkedRoutes } from './parked/admin-parked-routes.ts';
import { adminSalesRoutes } from './sales/admin-sales-routes.ts';

/**
 * The operator's desk. Its paths are beside those of the admin calls (`/admin/queue`,
 * `/admin/concerts`, `/admin/webhooks`, `/admin/check-in`), never one of them.
 */
export function adminRoutes(pages: PageBinder): void {
  adminRoomRoutes(pages);
  adminRecordRoutes(pages);
  adminSalesRoutes(pages);
  adminDoorRoutes(pages);
  adminHooksRoutes(pages);
  adminParkedRoutes(pages);
}
