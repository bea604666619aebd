import { expect } from 'chai';
import fc from 'fast-check';
import { jsonFault, maxJsonDepth } from './json-rules.ts';

const nested = (depth: number): string => '['.repeat(depth) + ']'.repeat(depth);

describe('what valid JSON may not have', () => {
  const twice = 'must not have a key twice';
  const rows: [name: string, text: string, fault: string | undefined][] = [
    ['an empty object', '{}', undefined],
    ['the same key in two objects', '[{"a":1},{"a":1}]', undefined],
    ['the same key inside itself', '{"a":{"a":1}}', undefined],
    ['the same key after an inner object', '{"a":{"b":1},"b":2}', undefined],
    ['a value that equals a key', '{"a":"a","b":"a"}', undefined],
    ['a value that looks like JSON', '{"a":"{\\"b\\":1,\\"b\\":2}"}', undefined],
    ['a value that ends in a backslash', '{"a":"\\\\","b":1}', undefined],
    ['a key twice', '{"a":1,"a":2}', twice],
    ['a key twice, once escaped', '{"a":1,"\\u0061":2}', twice],
    ['a key twice with something between', '{"a":{"x":[1,{"y":2}]},"b":2,"a":3}', twice],
    ['a key twice deep inside', '[[{"k":[{"a":1,"b":{},"a":2}]}]]', twice],
    ['an empty key twice', '{"":1,"":2}', twice],
    ['a key with a quotation mark twice', '{"\\"":1,"\\"":2}', twice],
    ['__proto__ twice', '{"__proto__":1,"__proto__":2}', twice],
    ['as deep as may be', nested(maxJsonDepth), undefined],
    ['one deeper', nested(maxJsonDepth + 1), 'must not be deeper than 16 levels'],
    ['very deep', nested(30_000), 'must not be deeper than 16 levels'],
  ];
  for (const [name, text, fault] of rows)
    it(`${fault ?? 'is fine'}: ${name}`, () => expect(jsonFault(text)).to.equal(fault));

  it('finds nothing in whatever JSON.stringify writes', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 8 }), (value) => {
        expect(jsonFault(JSON.stringify(value))).to.equal(undefined);
      }),
    );
  });

  it('finds any key that was added once more', () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 3 }), { minKeys: 1 }),
        (record) => {
          const text = JSON.stringify(record);
          const [key] = Object.keys(record);
          const doubled = `${text.slice(0, -1)},${JSON.stringify(key)}:0}`;
          expect(jsonFault(doubled)).to.equal(twice);
        },
      ),
    );
  });
});
