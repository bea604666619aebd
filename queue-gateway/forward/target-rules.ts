/**
 * The target at the core is built, never copied: the template of the contract filled with the
 * validated parameters, and a query written anew from the validated names and values.
 */
export type FillTarget = (params: Record<string, string>, query: URLSearchParams) => string;

export function createFillTarget(template: string): FillTarget {
  const parts = template.split(/\{(\w+)\}/);
  return function fillTarget(params, query) {
    let target = '';
    // Odd parts are the names that stood in braces.
    for (const [at, part] of parts.entries())
      target += at % 2 === 0 ? part : encodeURIComponent(params[part] ?? '');
    return query.size === 0 ? target : `${target}?${query.toString()}`;
  };
}
