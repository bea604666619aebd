import { createHash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { Problem, toProblem } from '../../shared/problems.ts';
import type { EdgeApp, EdgeContext } from '../http/edge-env.ts';
import type { ToAnswer } from '../http/errors.ts';
import { errorPage } from './error/error-page.tsx';
import { type PageAnswer, type PageHandler, type PageVisit, Refusal } from './page.ts';
import type { PageAssets } from './page-assets.ts';
import {
  compress,
  encodingFor,
  type Encoding,
  htmlHeaders,
  type HtmlAnswer,
  renderPage,
  toPageResponse,
} from './page-response.tsx';
import { openVisit, type VisitDeps } from './page-visit.ts';

export interface PageBinderDeps extends VisitDeps {
  app: EdgeApp;
  assets: PageAssets;
  toAnswer: ToAnswer;
}

/** Binds pages by path (`/c/:concertId`); what it bound is told to the table of known paths. */
export interface PageBinder {
  get(path: string, handler: PageHandler): void;
  /**
   * A form that was sent, or a script of ours that asks for JSON.
   * @param backTo the page of the form: where somebody goes who comes to its path by a link, as the
   * switch of the language does from a page that answered it.
   */
  post(path: string, handler: PageHandler, backTo?: (visit: PageVisit) => string): void;
  /**
   * A page that is the same for everybody who reads its language: rendered and compressed once in
   * a while. The handler sees a visitor without credentials.
   */
  shell(path: string, handler: (visit: PageVisit) => Promise<HtmlAnswer>): void;
  /** Paths and their methods, for `answerUnknown`. */
  readonly paths: ReadonlyMap<string, readonly string[]>;
}

const shellTtlMs = 5_000;
const maxShells = 1_000;

const needsLogin = new Set(['access-token-required', 'access-token-invalid']);

/** Where to log in, to come back to the page that asked for it. */
export const loginUrl = (visit: PageVisit): string =>
  `/login?to=${encodeURIComponent(`${visit.url.pathname}${visit.url.search}`)}`;

const wantsJson = (c: EdgeContext): boolean =>
  (c.req.header('accept') ?? '').startsWith('application/json');

/** The problem behind anything thrown: what the API said, or what went wrong here. */
function problemOf(thrown: unknown, c: EdgeContext, toAnswer: ToAnswer) {
  if (thrown instanceof Refusal) return thrown;
  const { requestId } = c.env;
  const problem = toAnswer(toProblem(thrown), requestId);
  return new Refusal(problem.body(requestId), problem.retryAfterSeconds);
}

function refusalPage(refusal: Refusal, c: EdgeContext, visit: PageVisit): PageAnswer {
  const { problem, retryAfterSeconds } = refusal;
  if (wantsJson(c)) return { json: problem, status: problem.status };
  if (needsLogin.has(problem.code) && c.req.method === 'GET') return { redirect: loginUrl(visit) };
  return errorPage({ visit, problem, retryAfterSeconds });
}

interface Shell {
  etag: string;
  bytes: Record<Encoding, Buffer>;
}

function toShell(answer: HtmlAnswer, visit: PageVisit, assets: PageAssets): Shell {
  const identity = Buffer.from(renderPage(answer, visit, assets));
  const etag = `"${createHash('sha256').update(identity).digest('base64url').slice(0, 22)}"`;
  const bytes = { identity, br: compress(identity, 'br'), gzip: compress(identity, 'gzip') };
  return { etag, bytes };
}

function shellResponse(c: EdgeContext, visit: PageVisit, { etag, bytes }: Shell): Response {
  const encoding = encodingFor(c.req.header('accept-encoding'));
  const headers = { ...htmlHeaders(visit, encoding), 'cache-control': 'private, no-cache', etag };
  if (c.req.header('if-none-match') === etag) return new Response(null, { status: 304, headers });
  return new Response(new Uint8Array(bytes[encoding]), { headers });
}

export function createPageBinder(deps: PageBinderDeps): PageBinder {
  const { app, assets, toAnswer } = deps;
  const paths = new Map<string, string[]>();

  const answerTo = (thrown: unknown, c: EdgeContext, visit: PageVisit): PageAnswer =>
    refusalPage(problemOf(thrown, c, toAnswer), c, visit);

  async function respond(c: EdgeContext, handler: PageHandler): Promise<Response> {
    const { visit, cookies } = await openVisit(c, deps);
    let answer: PageAnswer;
    try {
      answer = await handler(visit);
    } catch (thrown) {
      answer = answerTo(thrown, c, visit);
    }
    const encoding = encodingFor(c.req.header('accept-encoding'));
    const response = toPageResponse({ answer, visit, assets, encoding });
    for (const cookie of cookies) response.headers.append('set-cookie', cookie);
    return response;
  }

  function bindKnown(
    method: 'GET' | 'POST',
    path: string,
    answer: (c: EdgeContext) => Promise<Response>,
  ): void {
    const methods = method === 'GET' ? ['GET', 'HEAD'] : [method];
    const template = path.replace(/:(\w+)/g, '{$1}');
    paths.set(template, [...(paths.get(template) ?? []), ...methods]);
    app.on(method, path, answer);
  }

  const bind = (method: 'GET' | 'POST', path: string, handler: PageHandler): void =>
    bindKnown(method, path, (c) => respond(c, handler));

  const shells = new LRUCache<string, Promise<Shell>>({ max: maxShells, ttl: shellTtlMs });

  function bindShell(path: string, handler: (visit: PageVisit) => Promise<HtmlAnswer>): void {
    bindKnown('GET', path, async (c) => {
      const { visit } = await openVisit(c, { ...deps, anonymous: true });
      const key = `${visit.language} ${visit.url.pathname}`;
      try {
        const known = shells.get(key) ?? handler(visit).then((one) => toShell(one, visit, assets));
        shells.set(key, known);
        return shellResponse(c, visit, await known);
      } catch (thrown) {
        shells.delete(key);
        const encoding = encodingFor(c.req.header('accept-encoding'));
        return toPageResponse({ answer: answerTo(thrown, c, visit), visit, assets, encoding });
      }
    });
  }

  return {
    paths,
    shell: bindShell,
    get: (path, handler) => bind('GET', path, handler),
    post(path, handler, backTo) {
      bind('POST', path, handler);
      if (backTo) bind('GET', path, (visit) => ({ redirect: backTo(visit) }));
    },
  };
}

const idPattern = /^[1-9][0-9]{0,15}$/;

/** An id of the path. @throws Problem `not-found`: a page that cannot be is not there. */
export function idOf(visit: PageVisit, name: string): string {
  const text = visit.param(name);
  if (!idPattern.test(text)) throw new Problem('not-found');
  return text;
}

/** A path of ours to go back to; anything else leads home, so that no link sends people away. */
export const ownPath = (text: string | null): string =>
  text !== null && /^\/(?![/\\])[\x21-\x5b\x5d-\x7e]*$/.test(text) ? text : '/';
