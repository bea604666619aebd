import type { Policy } from '../../../shared/contracts/queue.ts';
import { fromZonedInput, toZonedInput } from './zoned-input-rules.ts';

export const numberFields = [
  'admitPerSecond',
  'maxActive',
  'claimSeconds',
  'activeSeconds',
  'idleSeconds',
  'graceSeconds',
  'maxWaiting',
  'powDifficulty',
] as const;
export const momentFields = ['opensAt', 'preQueueOpensAt'] as const;
export const choiceFields = {
  order: ['fifo', 'draw'],
  challenge: ['none', 'pow', 'captcha'],
} as const;

/** Everything of the editor; the message has a form of its own. */
export const policyNames = [
  ...numberFields,
  ...momentFields,
  ...(Object.keys(choiceFields) as (keyof typeof choiceFields)[]),
] as const;

/** What was typed; whether it may be is for the API to say. */
export function readPolicy(form: URLSearchParams): Partial<Policy> {
  const numbers = numberFields.map((name) => [name, Number(form.get(name) || NaN)]);
  const moments = momentFields.map((name) => {
    const text = form.get(name) ?? '';
    return [name, text === '' ? null : fromZonedInput(text)];
  });
  const choices = Object.keys(choiceFields).map((name) => [name, form.get(name)]);
  return Object.fromEntries([...numbers, ...moments, ...choices]) as Partial<Policy>;
}

/** To the minute, as the editor shows moments. */
const shown = (policy: Policy, name: (typeof policyNames)[number]): unknown =>
  name === 'opensAt' || name === 'preQueueOpensAt' ? toZonedInput(policy[name]) : policy[name];

/** Only what differs from what stood in the editor: fields left alone are left alone. */
export function changesOf(base: Policy, typed: Partial<Policy>): Partial<Policy> {
  const differs = policyNames.filter(
    (name) => shown({ ...base, ...typed }, name) !== shown(base, name),
  );
  return Object.fromEntries(differs.map((name) => [name, typed[name]])) as Partial<Policy>;
}
