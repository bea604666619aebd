/** What a browser says about where a request was made (Fetch Metadata §2.4; RFC 6454 §7). */
export interface RequestOrigin {
  method: string | undefined;
  secFetchSite: string | undefined;
  origin: string | undefined;
  host: string | undefined;
}

const changesNothing = new Set(['GET', 'HEAD']);

/**
 * Whether a request that carries cookies may be taken for the visitor's own wish. What changes
 * something must say that it comes from a page of this very host; SameSite of the cookies is the
 * second lock, not the only one. Hosts are compared and not whole origins: behind a proxy that ends
 * TLS the scheme seen here is another one.
 */
export function isOwnWish({ method, secFetchSite, origin, host }: RequestOrigin): boolean {
  if (changesNothing.has(method ?? '')) return true;
  if (secFetchSite !== undefined) return secFetchSite === 'same-origin';
  if (origin === undefined || host === undefined || !URL.canParse(origin)) return false;
  return new URL(origin).host === host.toLowerCase();
}
