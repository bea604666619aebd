import type { ProblemBody } from '../../../shared/problems.ts';
import { isKnownProblem, problemMessages } from '../messages/problems.ts';
import type { PageAnswer, PageVisit } from '../page.ts';

export interface ErrorPageOptions {
  visit: PageVisit;
  problem: ProblemBody;
  retryAfterSeconds: number | undefined;
}

/** What went wrong in the visitor's words, and the way on. */
export function errorPage({ visit, problem, retryAfterSeconds }: ErrorPageOptions): PageAnswer {
  const t = visit.words(problemMessages);
  const { status } = problem;
  const isGone = status === 404 || status === 405;
  const advice = isGone ? 'adviceGone' : status >= 500 ? 'adviceOurSide' : 'adviceYours';
  const title = isKnownProblem(problem.code) ? t(problem.code) : problem.title;
  return {
    title,
    status,
    ...(retryAfterSeconds === undefined
      ? {}
      : { headers: { 'retry-after': String(retryAfterSeconds) } }),
    body: (
      <section class="narrow stack">
        <p class="eyebrow">{status}</p>
        <h1>{title}</h1>
        <p class="lead">{t(advice)}</p>
        <p class="row">
          {isGone ? null : (
            <a class="button" href={visit.url.pathname}>
              {t('tryAgain')}
            </a>
          )}
          <a class={`button ${isGone ? '' : 'quiet'}`} href="/">
            {t('navConcerts')}
          </a>
        </p>
        <p class="fine">{t('requestId', { id: problem.requestId })}</p>
      </section>
    ),
  };
}
