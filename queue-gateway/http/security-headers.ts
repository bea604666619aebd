import { Hono } from 'hono';
import { secureHeaders } from 'hono/secure-headers';

/**
 * The headers every answer of the API carries, as Hono's own middleware writes them. They are
 * always the same, so they are worked out once: a forwarded answer goes past Hono to the socket.
 */
export async function securityHeaders(): Promise<readonly [string, string][]> {
  const app = new Hono()
    .use(
      secureHeaders({
        contentSecurityPolicy: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] },
        crossOriginResourcePolicy: 'same-origin',
        referrerPolicy: 'no-referrer',
        xFrameOptions: 'DENY',
        // Says nothing over plain HTTP; whoever ends TLS in front of us sets it.
        strictTransportSecurity: false,
        xXssProtection: false,
      }),
    )
    .get('/', (c) => c.body(null));
  return [...(await app.request('/')).headers];
}
