import type { Edge } from '../edge.ts';
import { forgeries, publicPem, signed, type TokenKind } from '../forgeries.ts';
import { forge } from '../forge.ts';
import { rawRequest } from '../raw.ts';
import { get, invalid, type Refusal, type Row, row } from './row.ts';

/** Every forgery of every kind, carried where the right one would be. */

type KindName = 'access' | 'active' | 'waiting';

const accessInvalid: Refusal = [401, 'access-token-invalid'];
const queueInvalid: Refusal = [401, 'queue-token-invalid'];
const room = '/concerts/3/schedules';

const carry = (name: KindName, token: string): string =>
  name === 'access'
    ? get('/points', [`Authorization: Bearer ${token}`])
    : get(room, [`X-Queue-Token: ${token}`]);

/** What HTTP itself makes of a token: it ends at white space, and 16 KB of headers are no request. */
const others: Record<string, (name: KindName) => Refusal | undefined> = {
  'a space at the end': () => undefined,
  'an empty text': (name) => (name === 'access' ? accessInvalid : [401, 'queue-token-required']),
  'a megabyte': () => [431, 'invalid-request'],
};

function forged(name: KindName): Row[] {
  const usual = name === 'access' ? accessInvalid : queueInvalid;
  return Object.entries(forgeries).flatMap(([what, make]) => {
    const expected = others[what] ? others[what](name) : usual;
    if (!expected) return [];
    return [row(`${what}, ${name} token`, ({ kinds }) => carry(name, make(kinds[name])), expected)];
  });
}

const insider = (edge: Edge): string[] => [
  `Authorization: Bearer ${edge.accessToken('7')}`,
  `X-Queue-Token: ${edge.activeToken('7', '3')}`,
];

const hs256 = (kind: TokenKind): string =>
  forge({
    alg: 'HS256',
    key: publicPem(kind),
    header: { ...kind.header, alg: 'HS256' },
    payload: kind.payload(),
  });

const misplaced: Row[] = [
  row(
    'HS256 over the public access key',
    ({ kinds }) => carry('access', hs256(kinds.access)),
    accessInvalid,
  ),
  row(
    'HS256 over the public active key',
    ({ kinds }) => carry('active', hs256(kinds.active)),
    queueInvalid,
  ),
  row(
    'an active token as an account',
    ({ kinds }) => carry('access', signed(kinds.active)),
    accessInvalid,
  ),
  row(
    'a waiting token as an account',
    ({ kinds }) => carry('access', signed(kinds.waiting)),
    accessInvalid,
  ),
  row(
    'an account as an active token',
    ({ kinds }) => carry('active', signed(kinds.access)),
    queueInvalid,
  ),
  row(
    'a waiting key for an active token',
    ({ kinds }) => {
      const { key, alg } = kinds.waiting;
      return carry('active', signed({ ...kinds.active, alg, key }, { alg }));
    },
    queueInvalid,
  ),
  row(
    'an access key for an active token',
    ({ kinds }) => {
      const { key } = kinds.access;
      return carry('active', signed({ ...kinds.active, key }));
    },
    queueInvalid,
  ),
  row(
    'a role of its own choice',
    ({ kinds }) => {
      const [head, , signature] = signed(kinds.access).split('.');
      const claims = { ...kinds.access.payload(), role: 'ADMIN' };
      const text = Buffer.from(JSON.stringify(claims)).toString('base64url');
      return carry('access', [head, text, signature].join('.'));
    },
    accessInvalid,
  ),
  row('an account by another scheme', get('/points', ['Authorization: Basic YTpi']), accessInvalid),
  row('a scheme alone', get('/points', ['Authorization: Bearer']), accessInvalid),
  row(
    'two tokens in one header',
    ({ kinds }) => {
      const token = signed(kinds.access);
      return get('/points', [`Authorization: Bearer ${token}, Bearer ${token}`]);
    },
    accessInvalid,
  ),
  row(
    'a token behind two spaces',
    (edge) => get('/points', [`Authorization: Bearer  ${edge.accessToken('7')}`]),
    accessInvalid,
  ),
  row(
    'a token in another header',
    (edge) => get('/points', [`X-Authorization: Bearer ${edge.accessToken('7')}`]),
    [401, 'access-token-required'],
  ),
  row(
    'an account in a cookie',
    (edge) =>
      get('/points', [`Cookie: session=${edge.accessToken('7')}; token=${edge.accessToken('7')}`]),
    [401, 'access-token-required'],
  ),
  row(
    'a queue token in a cookie',
    (edge) =>
      get(room, [
        `Cookie: queue=${edge.activeToken('7', '3')}; x-queue-token=${edge.activeToken('7', '3')}`,
      ]),
    [401, 'queue-token-required'],
  ),
  row(
    'a queue token as a bearer',
    (edge) => get(room, [`Authorization: Bearer ${edge.activeToken('7', '3')}`]),
    accessInvalid,
  ),
  row(
    'a queue token in the query',
    (edge) => get(`${room}?x-queue-token=${edge.activeToken('7', '3').slice(0, 100)}`),
    [401, 'queue-token-required'],
  ),
  row(
    'names of its own',
    get('/points', ['X-User-Id: 7', 'X-Internal-User: 7', 'X-Internal-Role: ADMIN']),
    [401, 'access-token-required'],
  ),
  row(
    'an assertion of its own',
    (edge) => get('/points', [`X-Internal-Assertion: ${edge.assertion('GET', '/points', '')}`]),
    [401, 'access-token-required'],
  ),
  row(
    'a token of another room',
    (edge) => get(room, [`X-Queue-Token: ${edge.activeToken('7', '4')}`]),
    [403, 'queue-token-wrong-room'],
  ),
  row(
    'a token of another account',
    (edge) =>
      get(room, [
        `Authorization: Bearer ${edge.accessToken('7')}`,
        `X-Queue-Token: ${edge.activeToken('8', '3')}`,
      ]),
    [403, 'queue-token-wrong-user'],
  ),
  row(
    'a query off its contract with the right tokens',
    (edge) => get(`${room}?available=1`, insider(edge)),
    invalid,
  ),
  row(
    'a query of another call with the right tokens',
    (edge) => get('/points?userId=8', insider(edge)),
    invalid,
  ),
  row(
    'an account that is no owner',
    (edge) => rawRequest('POST /admin/concerts HTTP/1.1', [...insider(edge), 'Content-Length: 0']),
    [403, 'forbidden'],
  ),
];

export const tokenRows: Row[] = [
  ...forged('access'),
  ...forged('active'),
  ...forged('waiting'),
  ...misplaced,
];
