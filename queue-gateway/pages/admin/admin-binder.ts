import { Problem } from '../../../shared/problems.ts';
import { isKnownProblem, problemMessages } from '../messages/problems.ts';
import { type PageAnswer, type PageHandler, type PageVisit, Refusal } from '../page.ts';
import type { PageBinder } from '../page-binder.ts';

/** What the desk says about what was just done, or refused. */
export interface Note {
  words: string;
  isBad: boolean;
  /** What exactly is wrong, one fault a line. */
  faults?: readonly string[];
}

/**
 * The desk's own door: operators come in, who is nobody yet is asked to log in, and everybody else
 * is told no. What a page then asks of the API is guarded there once more.
 */
export function forAdmin(handler: PageHandler): PageHandler {
  return (visit) => {
    // The binder leads a page to the log-in by this problem.
    if (!visit.user) throw new Problem('access-token-required');
    if (visit.user.role !== 'ADMIN') throw new Problem('forbidden');
    return handler(visit);
  };
}

/** What the API refused, in words, with its faults by name. */
export function noteOf(visit: PageVisit, { problem }: Refusal): Note {
  const words = isKnownProblem(problem.code)
    ? visit.words(problemMessages)(problem.code)
    : problem.title;
  const faults = (problem.errors ?? []).map(({ path, message }) =>
    `${path.replace(/^body\.?/, '')} ${message}`.trim(),
  );
  return { words, isBad: true, faults };
}

/** What the address says was just done (`?done=…`), when it is one of these words. */
export function doneIn<Word extends string>(
  visit: PageVisit,
  words: Readonly<Record<Word, string>>,
): Word | undefined {
  const what = visit.url.searchParams.get('done') ?? '';
  return Object.hasOwn(words, what) ? (what as Word) : undefined;
}

/** A form of the desk: what is refused is said on the page that it was sent from. */
export function bindAdminForm(
  pages: PageBinder,
  path: string,
  form: {
    run: (visit: PageVisit) => Promise<PageAnswer>;
    refused: (visit: PageVisit, note: Note) => Promise<PageAnswer>;
  },
): void {
  pages.post(
    path,
    forAdmin(async (visit) => {
      try {
        return await form.run(visit);
      } catch (thrown) {
        if (!(thrown instanceof Refusal) || thrown.problem.status >= 500) throw thrown;
        if ([401, 403, 404].includes(thrown.problem.status)) throw thrown;
        const answer = await form.refused(visit, noteOf(visit, thrown));
        return 'title' in answer ? { ...answer, status: thrown.problem.status } : answer;
      }
    }),
  );
}
