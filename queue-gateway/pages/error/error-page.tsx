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
  const title = isKnownProblem(problem.code) ? t(problem.code) : problem.title;
  return {
    title,
    status: problem.status,
    ...(retryAfterSeconds === undefined
      ? {}
      : { headers: { 'retry-after': String(retryAfterSeconds) } }),
    body: (
      <section class="narrow stack">
        <p class="eyebrow">{problem.status}</p>
        <h1>{title}</h1>
        <p class="lead">{t(problem.status >= 500 ? 'adviceOurSide' : 'adviceYours')}</p>
        <p class="row">
          <a class="button" href={visit.url.pathname}>
            {t('tryAgain')}
          </a>
          <a class="button quiet" href="/">
            {t('navConcerts')}
          </a>
        </p>
        <p class="fine">{t('requestId', { id: problem.requestId })}</p>
      </section>
    ),
  };
}
