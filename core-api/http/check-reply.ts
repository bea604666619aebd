import type { Endpoint } from '../../shared/contracts/endpoint.ts';
import type { Answer } from './answer.ts';

/**
 * Holds a reply against its contract.
 * @throws Error naming the call and every place where they differ: a fault of ours, so a 500.
 */
export function checkReply(endpoint: Endpoint, parts: Omit<Answer<unknown>, 'kind'>): void {
  const status = parts.status ?? endpoint.status;
  if (status === 304) return;
  const allowed = [endpoint.status, endpoint.alsoStatus];
  if (!allowed.includes(status as 200)) throw new Error(`${endpoint.name} answers ${status}`);
  if (endpoint.alsoMediaType && parts.headers?.['content-type'] === endpoint.alsoMediaType) return;
  if (!endpoint.reply || endpoint.mediaType) {
    if (parts.body !== undefined) throw new Error(`${endpoint.name} answers a body`);
    return;
  }
  const body: unknown =
    parts.rawBody === undefined ? parts.body : JSON.parse(parts.rawBody.toString());
  const result = endpoint.reply.safeParse(body);
  if (result.success) return;
  const faults = result.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
  throw new Error(`${endpoint.name} answers off its contract: ${faults.join('; ')}`);
}
