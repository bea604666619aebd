import { expect } from 'chai';
import { isOwnWish } from './same-origin-rules.ts';

describe('a request with cookies', () => {
  const host = 'tickets.example';
  const of = (method: string, secFetchSite?: string, origin?: string) =>
    isOwnWish({ method, secFetchSite, origin, host });
  const rows: [name: string, answer: boolean, expected: boolean][] = [
    ['reads from anywhere', of('GET', 'cross-site', 'https://evil.example'), true],
    ['changes something from our page', of('POST', 'same-origin'), true],
    [
      'changes something from our page in an old browser',
      of('POST', undefined, 'https://tickets.example'),
      true,
    ],
    ['behind a proxy that ends TLS', of('POST', undefined, 'http://tickets.example'), true],
    [
      'changes something from another site',
      of('POST', 'cross-site', 'https://evil.example'),
      false,
    ],
    ['from a sibling host', of('POST', 'same-site', 'https://x.tickets.example'), false],
    ['from the address bar', of('DELETE', 'none'), false],
    ['from another port', of('POST', undefined, 'https://tickets.example:8443'), false],
    ['from a page without an origin', of('POST', undefined, 'null'), false],
    ['from who says nothing', of('POST'), false],
    [
      'with words that contradict each other',
      of('POST', 'cross-site', 'https://tickets.example'),
      false,
    ],
  ];
  for (const [name, answer, expected] of rows)
    it(`is ${expected ? 'taken' : 'refused'}: ${name}`, () => expect(answer).to.equal(expected));
});
