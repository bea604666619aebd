import type { Operation, Parameter, Schema } from './operations.ts';
import { createValidator } from './operations.ts';
import type { Pool } from './pool.ts';
import type { Mutation, Step } from './step.ts';

export interface PlannedRequest {
  method: string;
  path: string;
  headers: Record<string, string>;
  body: string | undefined;
  /** The contract does not take it: whatever the answer is, it is no success. */
  isInvalid: boolean;
}

/** Who sends it. */
export interface Sender {
  userId: string;
  accessToken: string | undefined;
  queueToken: string | undefined;
  /** An account of somebody else. */
  otherAccessToken: string;
}

const ajv = createValidator();
const isValid = (schema: Schema, value: unknown): boolean => ajv.validate(schema, value);

/** Everything within a value that can be replaced: how to put something else there. */
function placesIn(
  value: unknown,
  put: (other: unknown) => unknown,
): ((other: unknown) => unknown)[] {
  if (typeof value !== 'object' || value === null) return [put];
  return Object.entries(value).flatMap(([key, member]) =>
    placesIn(member, (other) => {
      if (!Array.isArray(value)) return put({ ...value, [key]: other });
      return put(value.with(Number(key), other));
    }),
  );
}

function withoutKey(body: unknown, at: number): unknown {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return body;
  const entries = Object.entries(body);
  return Object.fromEntries(entries.filter((_, index) => index !== at % (entries.length || 1)));
}

/** With one member more; as text, because a literal with `__proto__` would set the prototype. */
function withKey(body: unknown, name: string): unknown {
  const text = JSON.stringify(body);
  if (!text.startsWith('{')) return body;
  const rest = text === '{}' ? '}' : `,${text.slice(1)}`;
  return JSON.parse(`{${JSON.stringify(name)}:1${rest}`) as unknown;
}

function mutateBody(body: unknown, mutation: Mutation): unknown {
  if (mutation.kind === 'drop') return withoutKey(body, mutation.at);
  if (mutation.kind === 'extra') return withKey(body, mutation.name);
  if (mutation.kind === 'whole') return mutation.value;
  if (mutation.kind !== 'value') return body;
  const places = placesIn(body, (other) => other);
  return places[mutation.at % places.length]?.(mutation.value);
}

type Content = Pick<PlannedRequest, 'body' | 'isInvalid'> & { contentType: string | undefined };

/** Puts a known thing where a name asks for one. */
interface Known {
  pick(name: string): string | undefined;
  fill(value: unknown): unknown;
}

function contentOf({ operation, mutation, body }: Step, known: Known): Content {
  const wanted = operation.body;
  if (!wanted) return { body: undefined, isInvalid: false, contentType: undefined };
  const contentType = wanted.mediaType;
  if (contentType !== 'application/json')
    return { body: String(body), isInvalid: false, contentType };
  if (mutation.kind === 'text') {
    const isInvalid = mutation.text !== '' || wanted.isRequired;
    return { body: mutation.text, isInvalid, contentType };
  }
  const mutated = mutateBody(known.fill(body), mutation) ?? null;
  const text = JSON.stringify(mutated);
  if (mutation.kind === 'content-type')
    return { body: text, isInvalid: true, contentType: mutation.type };
  return { body: text, isInvalid: !wanted.isValid(JSON.parse(text)), contentType };
}

const encode = (text: string): string => encodeURIComponent(text.toWellFormed());

interface Target {
  path: string;
  isInvalid: boolean;
}

function targetOf({ operation, mutation, parameters }: Step, known: Known): Target {
  const inTarget = operation.parameters.filter((parameter) => parameter.in !== 'header');
  const mutated =
    mutation.kind === 'parameter' ? inTarget[mutation.at % (inTarget.length || 1)] : undefined;
  let isInvalid = false;
  const textOf = ({ name, schema }: Parameter): string | undefined => {
    if (mutated?.name === name && mutation.kind === 'parameter') {
      // A number in a query is text on the wire, so that only words show as wrong here.
      isInvalid ||= schema['type'] === 'string' && !isValid(schema, mutation.text);
      return mutation.text;
    }
    const value = parameters[name];
    return value === undefined ? undefined : (known.pick(name) ?? String(value));
  };
  const query = new URLSearchParams();
  let path = operation.path;
  for (const parameter of inTarget) {
    const text = textOf(parameter);
    if (text === undefined) continue;
    if (parameter.in === 'path') path = path.replace(`{${parameter.name}}`, () => encode(text));
    else query.set(parameter.name, text.toWellFormed());
  }
  const asked = [query.toString(), mutation.kind === 'query' ? mutation.text : '']
    .filter((part) => part !== '')
    .join('&');
  return {
    path: asked === '' ? path : `${path}?${asked}`,
    isInvalid: isInvalid || mutation.kind === 'query',
  };
}

function tokensOf(
  operation: Operation,
  { kind }: Mutation,
  sender: Sender,
): Record<string, string> {
  if (kind === 'no-token') return {};
  const { wantsAccessToken, wantsQueueToken } = operation;
  const access = kind === 'other-account' ? sender.otherAccessToken : sender.accessToken;
  return {
    ...(wantsAccessToken && access ? { authorization: `Bearer ${access}` } : {}),
    ...(wantsQueueToken && sender.queueToken ? { 'x-queue-token': sender.queueToken } : {}),
  };
}

/** The call as it goes over the wire, and whether anybody may say yes to it. */
export function toRequest(step: Step, sender: Sender, pool: Pool): PlannedRequest {
  const { operation, mutation, parameters } = step;
  let at = 0;
  const dice = (): number => step.dice[at++ % step.dice.length] ?? 0;
  const known: Known = {
    pick: (name) => pool.pick(name, dice(), sender.userId),
    fill: (value) => pool.fill(value, dice, sender.userId),
  };
  const target = targetOf(step, known);
  const content = contentOf(step, known);
  const takesKey = operation.parameters.some(({ name }) => name === 'Idempotency-Key');
  const isKeyWrong = takesKey && mutation.kind === 'key';
  const key = mutation.kind === 'key' ? mutation.text : parameters['Idempotency-Key'];
  const wantsToken = operation.wantsAccessToken || operation.wantsQueueToken;
  const wantsBoth = operation.wantsAccessToken && operation.wantsQueueToken;
  return {
    method: operation.method,
    path: target.path,
    headers: {
      ...(content.contentType === undefined ? {} : { 'content-type': content.contentType }),
      ...tokensOf(operation, mutation, sender),
      // Of any text a few words: hostile ones of their own are a mutation.
      ...(takesKey && key !== undefined
        ? { 'idempotency-key': isKeyWrong ? String(key) : `key-${dice() % 20}` }
        : {}),
    },
    body: content.body,
    isInvalid:
      target.isInvalid ||
      content.isInvalid ||
      isKeyWrong ||
      (wantsToken && mutation.kind === 'no-token') ||
      (wantsBoth && mutation.kind === 'other-account'),
  };
}
