import { bulkBodyLimitBytes, type Endpoint } from '../../shared/contracts/endpoint.ts';
import { Problem, type ProblemBody } from '../../shared/problems.ts';
import type { Dispatch } from '../http/dispatch.ts';
import type { EdgeContext } from '../http/edge-env.ts';
import { cookieText, type PageCookies, readCookies } from '../http/cookie-rules.ts';
import { isOwnWish } from '../http/same-origin-rules.ts';
import type { AccessTokens } from '../tokens/access-token.ts';
import { createFormat } from './i18n/format.ts';
import { chooseLanguage } from './i18n/language.ts';
import { createTranslate } from './i18n/translate.ts';
import { commonMessages } from './messages/common.ts';
import { type PageCall, type PageCallInput, type PageVisit, Refusal } from './page.ts';

const formLimitBytes = 16 * 1_024;

/** @throws Problem `invalid-request` for what is no form, or a very long one. */
async function readForm(c: EdgeContext): Promise<URLSearchParams> {
  const { incoming } = c.env;
  if (!/^application\/x-www-form-urlencoded\b/i.test(incoming.headers['content-type'] ?? ''))
    throw new Problem('invalid-request', { detail: 'A form is expected here' });
  let text = '';
  for await (const chunk of incoming.iterator({ destroyOnReturn: false })) {
    text += String(chunk);
    if (text.length > formLimitBytes) throw new Problem('invalid-request');
  }
  return new URLSearchParams(text);
}

const uploadLimitBytes = bulkBodyLimitBytes + 64 * 1_024;

/** A form with a file (RFC 7578). @throws Problem `invalid-request` for what is none, or too large. */
async function readUpload(c: EdgeContext): Promise<FormData> {
  const { incoming } = c.env;
  const type = incoming.headers['content-type'] ?? '';
  const pieces: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of incoming.iterator({ destroyOnReturn: false })) {
    const piece = Buffer.from(chunk as Uint8Array);
    bytes += piece.length;
    if (bytes > uploadLimitBytes) throw new Problem('invalid-request');
    pieces.push(piece);
  }
  try {
    return await new Response(Buffer.concat(pieces), {
      headers: { 'content-type': type },
    }).formData();
  } catch (cause) {
    throw new Problem('invalid-request', { detail: 'A form with a file is expected here', cause });
  }
}

function targetOf(endpoint: Endpoint, input: PageCallInput<Endpoint>): string {
  const { params = {}, query = {} } = input as Record<string, Record<string, unknown>>;
  const path = endpoint.path.replace(/\{(\w+)\}/g, (_all, name: string) =>
    encodeURIComponent(String(params[name])),
  );
  const given = new URLSearchParams();
  for (const [name, value] of Object.entries(query))
    if (value !== undefined) given.append(name, String(value));
  const text = given.toString();
  return text === '' ? path : `${path}?${text}`;
}

/** The cookies as they came, and as the page has set them since. */
type Credentials = Pick<PageCookies, 'session' | 'queue'>;

function createPageCall(c: EdgeContext, dispatch: Dispatch, credentials: Credentials): PageCall {
  return async (endpoint, input = {}) => {
    const { session, queue } = credentials;
    const headers: Record<string, string> = {};
    if (session !== undefined) headers['authorization'] = `Bearer ${session}`;
    if (queue !== undefined) headers['x-queue-token'] = queue;
    if (input.idempotencyKey !== undefined) headers['idempotency-key'] = input.idempotencyKey;
    if (endpoint.bodyType !== undefined) headers['content-type'] = endpoint.bodyType;
    const answer = await dispatch(c.env, {
      method: endpoint.method,
      target: targetOf(endpoint, input as PageCallInput<Endpoint>),
      headers,
      body: input.body,
    });
    const body: unknown = answer.body.length === 0 ? undefined : JSON.parse(String(answer.body));
    if (answer.status >= 400) {
      const retryAfter = Number(answer.headers.get('retry-after')) || undefined;
      throw new Refusal(body as ProblemBody, retryAfter);
    }
    return body as never; // The endpoint's own reply, checked where it is made.
  };
}

/** The account of the session cookie; a token that is no longer good is nobody's. */
async function readUser(accessTokens: AccessTokens, session: string | undefined) {
  if (session === undefined) return undefined;
  try {
    return await accessTokens.verify(session);
  } catch {
    return undefined;
  }
}

export interface VisitDeps {
  /** Without credentials: what is rendered is for everybody. */
  anonymous?: boolean;
  dispatch: Dispatch;
  accessTokens: AccessTokens;
}

export interface OpenVisit {
  visit: PageVisit;
  /** `Set-Cookie` lines of what was remembered and forgotten. */
  cookies: readonly string[];
}

/** @throws Problem `forbidden` for a change that another site asked for. */
export async function openVisit(c: EdgeContext, deps: VisitDeps): Promise<OpenVisit> {
  const { dispatch, accessTokens, anonymous = false } = deps;
  const { incoming } = c.env;
  const { headers } = incoming;
  const { cookie, origin, host } = headers;
  const given = readCookies(cookie);
  const secFetchSite = c.req.header('sec-fetch-site');
  if (!isOwnWish({ method: c.req.method, secFetchSite, origin, host }))
    throw new Problem('forbidden');
  const language = chooseLanguage(given.language, headers['accept-language']);
  const secure = 'encrypted' in incoming.socket || headers['x-forwarded-proto'] === 'https';
  const cookies: string[] = [];
  const credentials: Credentials = anonymous
    ? { session: undefined, queue: undefined }
    : { session: given.session, queue: given.queue };
  const visit: PageVisit = {
    language,
    format: createFormat(language),
    url: new URL(incoming.url ?? '/', 'http://page.invalid'),
    isShared: anonymous,
    user: await readUser(accessTokens, credentials.session),
    queueToken: credentials.queue,
    receipt: anonymous ? undefined : given.receipt,
    call: createPageCall(c, dispatch, credentials),
    words: (page) => createTranslate(language, { ...commonMessages[language], ...page[language] }),
    param: (name) => c.req.param(name) ?? '',
    form: () => readForm(c),
    upload: () => readUpload(c),
    remember(name, value, options) {
      if (name === 'session' || name === 'queue') credentials[name] = value;
      cookies.push(cookieText(name, value, { ...options, secure }));
    },
    forget(name, path) {
      credentials[name] = undefined;
      cookies.push(cookieText(name, '', { path, maxAgeSeconds: 0, secure }));
    },
  };
  return { visit, cookies };
}
