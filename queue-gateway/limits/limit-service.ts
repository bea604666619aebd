import type { ServerResponse } from 'node:http';
import type { Endpoint } from '../../shared/contracts/endpoint.ts';
import { Problem } from '../../shared/problems.ts';
import { limitKeyOf } from '../http/client-address.ts';
import { putEarly } from '../http/edge-response.ts';
import { type LimitRule, limitRules } from './limit-rules.ts';
import type { Count, LimitStore } from './limit-store.ts';

/** Refuses who calls too often, and tells everybody who is counted where they stand. */
export interface Limits {
  /** At once where the process counts for itself. @throws Problem `too-many-requests` */
  check(
    endpoint: Endpoint,
    by: LimitRule['by'],
    who: string,
    outgoing: ServerResponse,
  ): Promise<void> | void;
}

const secondsOf = (ms: number): number => Math.max(1, Math.ceil(ms / 1_000));

/** `RateLimit-*` as draft-ietf-httpapi-ratelimit-headers-06 has them: widely read, one per fact. */
function tell(outgoing: ServerResponse, rule: LimitRule, count: Count): void {
  putEarly(outgoing, [
    ...['ratelimit-policy', `${rule.points};w=${rule.seconds}`],
    ...['ratelimit-limit', String(rule.points)],
    ...['ratelimit-remaining', String(Math.max(0, rule.points - count.used))],
    ...['ratelimit-reset', String(secondsOf(count.waitMs))],
  ]);
}

export function createLimits(store: LimitStore): Limits {
  function judge(rule: LimitRule, counted: Count, outgoing: ServerResponse): void {
    tell(outgoing, rule, counted);
    if (counted.used > rule.points)
      throw new Problem('too-many-requests', { retryAfterSeconds: secondsOf(counted.waitMs) });
  }

  return {
    check(endpoint, by, who, outgoing) {
      const rule = limitRules[endpoint.name]?.find((one) => one.by === by);
      if (!rule) return undefined;
      const counted = store.count(rule, by === 'address' ? limitKeyOf(who) : who);
      if (counted instanceof Promise) return counted.then((count) => judge(rule, count, outgoing));
      return judge(rule, counted, outgoing);
    },
  };
}

export const noLimits: Limits = { check: () => undefined };
