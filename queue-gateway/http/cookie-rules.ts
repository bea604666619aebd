/** The cookies of our pages. Tokens never reach a script: all of them are HttpOnly. */
export interface PageCookies {
  /** The access token. */
  session: string | undefined;
  /** The queue token of the room under whose path it was set. */
  queue: string | undefined;
  language: string | undefined;
  /** The receipt of that room's place, for its holder to check the draw with. */
  receipt: string | undefined;
}

/** A JWT, an SD-JWT or a word: nothing else was ever set. */
const plainValue = /^[A-Za-z0-9._~-]{1,4096}$/;

/** RFC 6265 §5.4. The first of a name counts: browsers send the most specific path first. */
export function readCookies(header: string | undefined): PageCookies {
  const found = new Map<string, string>();
  for (const pair of (header ?? '').split(';')) {
    const mark = pair.indexOf('=');
    const name = pair.slice(0, mark).trim();
    const value = pair.slice(mark + 1).trim();
    if (mark > 0 && plainValue.test(value) && !found.has(name)) found.set(name, value);
  }
  const { session, queue, language, receipt } = Object.fromEntries(found);
  return { session, queue, language, receipt };
}

export interface CookieOptions {
  path: string;
  maxAgeSeconds: number;
  /** Only over TLS. */
  secure: boolean;
}

/**
 * `SameSite=Lax`: who comes back by a link from a message is still logged in and has the same
 * place; what changes something is checked by its origin (same-origin-rules.ts).
 */
export const cookieText = (name: keyof PageCookies, value: string, options: CookieOptions) =>
  [
    `${name}=${value}`,
    `Path=${options.path}`,
    `Max-Age=${Math.max(0, Math.floor(options.maxAgeSeconds))}`,
    'HttpOnly',
    'SameSite=Lax',
    ...(options.secure ? ['Secure'] : []),
  ].join('; ');
