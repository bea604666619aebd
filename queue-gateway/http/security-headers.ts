import { Hono } from 'hono';
import { secureHeaders } from 'hono/secure-headers';

/**
 * The headers every answer of the API carries, as Hono's own middleware writes them. They are
 * always the same, so they are worked out once: a forwarded answer goes past Hono to the socket.
 */
export async function securityHeaders({ overTls = false } = {}): Promise<
  readonly [string, string][]
> {
  const app = new Hono()
    .use(
      secureHeaders({
        contentSecurityPolicy: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] },
        crossOriginResourcePolicy: 'same-origin',
        referrerPolicy: 'no-referrer',
        xFrameOptions: 'DENY',
        // Says nothing over plain HTTP; whoever ends TLS in front of us sets it. Whether it holds
        // for every name below ours is not for us to say (RFC 6797 §6.1.2).
        strictTransportSecurity: overTls && 'max-age=31536000',
        xXssProtection: false,
      }),
    )
    .get('/', (c) => c.body(null));
  return [...(await app.request('/')).headers];
}

/** A page loads its own files and talks to its own host, runs no inline script or style. */
export const ownFilesPolicy = (formAction: "'self'" | "'none'"): string =>
  [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    "connect-src 'self'",
    "base-uri 'none'",
    `form-action ${formAction}`,
    "frame-ancestors 'none'",
  ].join('; ');

/**
 * What a page of ours says instead; it stands in nobody's frame. `same-origin` keeps the address
 * from other sites and still lets a form say where it was sent from.
 */
export const pageHeaders: Readonly<Record<string, string>> = {
  'content-security-policy': ownFilesPolicy("'self'"),
  'referrer-policy': 'same-origin',
};
