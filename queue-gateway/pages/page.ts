import type { Child } from 'hono/jsx';
import type { Endpoint, Input, Reply } from '../../shared/contracts/endpoint.ts';
import type { ProblemBody } from '../../shared/problems.ts';
import type { PageCookies } from '../http/cookie-rules.ts';
import type { AccessClaims } from '../tokens/access-token.ts';
import type { Format } from './i18n/format.ts';
import type { Language } from './i18n/language.ts';
import type { Catalogue, Translate } from './i18n/translate.ts';
import type { CommonKey } from './messages/common.ts';

/** What the API said instead of doing what a page asked for. */
export class Refusal extends Error {
  readonly problem: ProblemBody;
  readonly retryAfterSeconds: number | undefined;

  constructor(problem: ProblemBody, retryAfterSeconds: number | undefined) {
    super(problem.detail);
    this.name = 'Refusal';
    this.problem = problem;
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

type Given<T> = T extends undefined ? undefined : Partial<T>;

export interface PageCallInput<E extends Endpoint> {
  params?: Input<E>['params'];
  query?: Given<Input<E>['query']>;
  body?: Input<E>['body'];
  idempotencyKey?: string;
}

/**
 * A call of the API with the visitor's own credentials.
 * @throws Refusal when the API refuses it.
 */
export type PageCall = <E extends Endpoint>(
  endpoint: E,
  input?: PageCallInput<E>,
) => Promise<Reply<E>>;

/** One look at a page: who looks, in which language, and what the page may do for them. */
export interface PageVisit {
  readonly language: Language;
  readonly format: Format;
  /** Path and query as they were asked for. */
  readonly url: URL;
  /** What is rendered is for everybody: nothing is known of who looks. */
  readonly isShared: boolean;
  /** By the session cookie, when it is still good. */
  readonly user: AccessClaims | undefined;
  /** Not checked here: the API does when it is used. */
  readonly queueToken: string | undefined;
  /** Of the place in the room of this page. */
  readonly receipt: string | undefined;
  readonly call: PageCall;
  /** The words of a page together with those of every page. */
  words<Key extends string>(page: Catalogue<Key>): Translate<Key | CommonKey>;
  param(name: string): string;
  /** The fields of a form that was sent. @throws Problem `invalid-request`. */
  form(): Promise<URLSearchParams>;
  /** The same of a form with a file, up to the largest body there is. */
  upload(): Promise<FormData>;
  /** Cookies to set with whatever is answered. */
  remember(cookie: keyof PageCookies, value: string, options: RememberOptions): void;
  forget(cookie: 'session' | 'queue', path: string): void;
}

export interface RememberOptions {
  path: string;
  maxAgeSeconds: number;
}

/** What a page answers with. */
export type PageAnswer =
  | { redirect: string; headers?: Record<string, string> }
  | { json: unknown; status?: number }
  | { text: string; fileName: string }
  | {
      title: string;
      body: Child;
      status?: number;
      /** Entries of `client/entries` to load. */
      scripts?: readonly string[];
      /** Styles beside the one of all pages. */
      styles?: readonly string[];
      headers?: Record<string, string>;
      /** Where a browser without scripts goes instead. */
      plainUrl?: string;
      /** For the page's scripts, as JSON. */
      data?: unknown;
    };

export type PageHandler = (visit: PageVisit) => PageAnswer | Promise<PageAnswer>;
