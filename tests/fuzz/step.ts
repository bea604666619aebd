import fc from 'fast-check';
import type { Operation } from './operations.ts';
import { hostileTexts, oddValues, valueOf } from './values.ts';

/** One call as it is planned: everything that chance decides about it. */
export interface Step {
  operation: Operation;
  body: unknown;
  /** By name; `undefined` for one that is left out. */
  parameters: Record<string, unknown>;
  mutation: Mutation;
  /** Whose credentials it carries, by number. */
  who: number;
  /** Chooses among known ids. */
  dice: number[];
}

/** The one thing that is wrong with a call; `none`: nothing is. */
export type Mutation =
  | { kind: 'none' }
  | { kind: 'value'; at: number; value: unknown }
  | { kind: 'drop'; at: number }
  | { kind: 'extra'; name: string }
  | { kind: 'whole'; value: unknown }
  | { kind: 'text'; text: string }
  | { kind: 'content-type'; type: string }
  | { kind: 'parameter'; at: number; text: string }
  | { kind: 'query'; text: string }
  | { kind: 'key'; text: string }
  | { kind: 'no-token' }
  | { kind: 'other-account' };

const place = fc.nat({ max: 50 });
const texts = fc.constantFrom(...hostileTexts);

const mutation: fc.Arbitrary<Mutation> = fc.oneof(
  fc.record({ kind: fc.constant('value'), at: place, value: fc.constantFrom(...oddValues) }),
  fc.record({ kind: fc.constant('drop'), at: place }),
  fc.record({
    kind: fc.constant('extra'),
    name: fc.constantFrom('__proto__', 'constructor', 'role', 'userId', 'status', 'price', ' '),
  }),
  fc.record({ kind: fc.constant('whole'), value: fc.constantFrom(...oddValues) }),
  fc.record({
    kind: fc.constant('text'),
    text: fc.constantFrom('', '{', '{"a":1}x', '[1,]', '\ufeff{}', '{"a":1,"a":2}', '['.repeat(99)),
  }),
  fc.record({
    kind: fc.constant('content-type'),
    type: fc.constantFrom('text/plain', 'application/xml', 'application/json; charset=latin1'),
  }),
  fc.record({
    kind: fc.constant('parameter'),
    at: place,
    text: fc.oneof(texts, fc.constantFrom('0', '-1', '01', '1.0', 'abc', '9'.repeat(16))),
  }),
  fc.record({ kind: fc.constant('query'), text: fc.constantFrom('x=1', 'limit=0', '__proto__=1') }),
  fc.record({ kind: fc.constant('key'), text: fc.constantFrom('a b', 'k'.repeat(256), ' ') }),
  fc.constant({ kind: 'no-token' }),
  fc.constant({ kind: 'other-account' }),
) as fc.Arbitrary<Mutation>;

function stepOf(operation: Operation): fc.Arbitrary<Step> {
  const parameters = Object.fromEntries(
    operation.parameters.map(({ name, required, schema }) => {
      const value = valueOf(schema);
      return [name, required ? value : fc.option(value, { nil: undefined, freq: 3 })];
    }),
  );
  return fc.record({
    operation: fc.constant(operation),
    body: operation.body ? valueOf(operation.body.schema) : fc.constant(undefined),
    parameters: fc.record(parameters, { noNullPrototype: true }),
    mutation: fc.oneof(
      { weight: 3, arbitrary: fc.constant<Mutation>({ kind: 'none' }) },
      { weight: 2, arbitrary: mutation },
    ),
    who: fc.nat({ max: 1_000 }),
    dice: fc.array(fc.nat({ max: 1_000 }), { minLength: 8, maxLength: 8 }),
  });
}

/** Calls of a sale come often; those that hash a password cost fifty others. */
const weights: Record<string, number> = {
  register: 1,
  login: 1,
  createReservations: 16,
  createPayments: 16,
  extendReservation: 8,
  cancelReservation: 6,
  refundPayment: 10,
  chargePoint: 8,
  joinQueue: 8,
  activateEntry: 8,
  getTicket: 8,
  revokeEntries: 1,
  leaveQueue: 1,
  pullCord: 1,
};
const usualWeight = 4;

export const sequenceOf = (operations: readonly Operation[], length: number) =>
  fc.array(
    fc.oneof(
      ...operations.map((operation) => ({
        weight: weights[operation.name] ?? usualWeight,
        arbitrary: stepOf(operation),
      })),
    ),
    { minLength: length, maxLength: length },
  );
