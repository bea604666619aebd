import { z } from 'zod';
import { Problem, problemCodes } from '../../shared/problems.ts';

const problemBody = z.looseObject({
  code: z.enum(problemCodes),
  detail: z.string().optional(),
  errors: z.array(z.object({ path: z.string(), message: z.string() })).optional(),
});

function readProblem(text: string): z.infer<typeof problemBody> | undefined {
  try {
    return problemBody.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}

/**
 * The core's refusal as a Problem to pass on. A refusal of our own assertion, and whatever is no
 * problem of the table, is the gateway's trouble and not the caller's.
 */
export function refusalOf(status: number, text: string): Problem {
  const cause = new Error(`the core answered ${status}`);
  const body = readProblem(text);
  if (status === 503) return new Problem('unavailable', { cause });
  if (!body || status >= 500 || body.code === 'assertion-invalid')
    return new Problem('bad-gateway', { cause });
  return new Problem(body.code, {
    cause,
    ...(body.detail === undefined ? {} : { detail: body.detail }),
    ...(body.errors === undefined ? {} : { errors: body.errors }),
  });
}
