import fc from 'fast-check';
import type { Schema } from './operations.ts';

/** Text that somebody behind us could take for something else. */
export const hostileTexts: readonly string[] = [
  "' OR '1'='1",
  '1; DROP TABLE users; --',
  '" UNION SELECT password_hash FROM users -- ',
  '*1\r\n$8\r\nFLUSHALL\r\n',
  'redis.call("flushall")',
  '${7*7}{{7*7}}<%= 7*7 %>',
  '<script>alert(1)</script>',
  '../../../../etc/passwd',
  'a\r\nSet-Cookie: x=1',
  '=HYPERLINK("http://x")',
  '\u0000',
  '\ud800',
  '\u202egnp.exe',
  'ﬁ①Ａ',
  '٣',
  '👩‍👩‍👧‍👦',
  '%00%0d%0a',
  '9223372036854775808',
  '1e309',
  '__proto__',
  'x'.repeat(300),
];

/** What stands where something else belongs. */
export const oddValues: readonly unknown[] = [
  null,
  true,
  0,
  -1,
  1.5,
  1e21,
  2 ** 53,
  -(2 ** 31) - 1,
  '',
  [],
  {},
  [[]],
  { $ne: null },
  ...hostileTexts,
];

const bound = (value: unknown, fallback: number): number =>
  typeof value === 'number' ? value : fallback;

function textOf(schema: Schema): fc.Arbitrary<unknown> {
  if (schema['format'] === 'date-time')
    return fc
      .date({ min: new Date('2000-01-01'), max: new Date('2100-01-01'), noInvalidDate: true })
      .map((date) => date.toISOString());
  if (typeof schema['pattern'] === 'string')
    return fc.stringMatching(new RegExp(schema['pattern']));
  const minLength = bound(schema['minLength'], 0);
  const maxLength = Math.min(bound(schema['maxLength'], 40), minLength + 40);
  return fc.oneof(
    fc.string({ minLength, maxLength }),
    fc.string({ minLength, maxLength, unit: 'grapheme' }),
    fc.constantFrom(...hostileTexts),
  );
}

function objectOf(schema: Schema): fc.Arbitrary<unknown> {
  const properties = Object.entries((schema['properties'] ?? {}) as Record<string, Schema>);
  const requiredKeys = (schema['required'] ?? []) as string[];
  const model = Object.fromEntries(properties.map(([name, one]) => [name, valueOf(one)]));
  return fc.record(model, { requiredKeys, noNullPrototype: true });
}

/** Values that a JSON Schema takes, as far as such schemas are written here. */
export function valueOf(schema: Schema): fc.Arbitrary<unknown> {
  const choices = (schema['anyOf'] ?? schema['oneOf']) as Schema[] | undefined;
  if (choices) return fc.oneof(...choices.map(valueOf));
  if ('const' in schema) return fc.constant(schema['const']);
  if (Array.isArray(schema['enum'])) return fc.constantFrom(...(schema['enum'] as unknown[]));
  const min = Math.ceil(bound(schema['minimum'], -1_000));
  const max = Math.floor(bound(schema['maximum'], 2_000_000));
  switch (schema['type']) {
    case 'null':
      return fc.constant(null);
    case 'boolean':
      return fc.boolean();
    case 'integer':
    case 'number':
      return fc.oneof(fc.integer({ min, max }), fc.integer({ min, max: Math.min(max, min + 10) }));
    case 'string':
      return textOf(schema);
    case 'array': {
      const minLength = bound(schema['minItems'], 0);
      const items = valueOf((schema['items'] ?? {}) as Schema);
      return fc.array(items, { minLength, maxLength: minLength + 3 });
    }
    case 'object':
      return objectOf(schema);
    default:
      return fc.jsonValue();
  }
}
