import { rawRequest } from '../raw.ts';
import { get, type Refusal, type Row, row } from './row.ts';

/** Heads that two readers could read in two ways, and requests hidden in others. */

const login = 'POST /auth/login HTTP/1.1';
const json = 'Content-Type: application/json';
const smuggled = 'GET /internal/load HTTP/1.1\r\nHost: x\r\n\r\n';
const notFound: Refusal = [404, 'not-found'];

/** A head without the Host that `rawRequest` adds. */
const bare = (...lines: string[]): string => [...lines, 'Connection: close', '', ''].join('\r\n');

const post = (headers: readonly string[], body = '{}'): string =>
  rawRequest(login, [json, ...headers], body);

const chunked = (body: string): string => post(['Transfer-Encoding: chunked'], body);

const framing: Row[] = [
  row(
    'Content-Length and Transfer-Encoding',
    post(['Content-Length: 4', 'Transfer-Encoding: chunked'], `0\r\n\r\n${smuggled}`),
  ),
  row(
    'Transfer-Encoding and Content-Length',
    post(['Transfer-Encoding: chunked', 'Content-Length: 4'], `0\r\n\r\n${smuggled}`),
  ),
  row('two Content-Lengths', post(['Content-Length: 2', 'Content-Length: 4'], '{}{}')),
  row('the same Content-Length twice', post(['Content-Length: 2', 'Content-Length: 2'])),
  row('a list of Content-Lengths', post(['Content-Length: 2, 2'])),
  row('a Content-Length with a sign', post(['Content-Length: +2'])),
  row('a Content-Length below zero', post(['Content-Length: -1'])),
  row('a Content-Length in hex', post(['Content-Length: 0x2'])),
  row('a Content-Length of two words', post(['Content-Length: 2 2'])),
  row('a Content-Length above 2^64', post(['Content-Length: 18446744073709551618'])),
  row('an empty Content-Length', post(['Content-Length:'])),
  row('a Content-Length over the limit', post([`Content-Length: ${64 * 1_024 + 1}`], '')),
  row('an unknown Transfer-Encoding', post(['Transfer-Encoding: xchunked'])),
  row('chunked twice', post(['Transfer-Encoding: chunked, chunked'], '0\r\n\r\n')),
  row('chunked before another', post(['Transfer-Encoding: chunked, identity'], '0\r\n\r\n')),
  row(
    'two Transfer-Encodings',
    post(['Transfer-Encoding: chunked', 'Transfer-Encoding: identity'], '0\r\n\r\n'),
  ),
  row('a vertical tab before chunked', post(['Transfer-Encoding: \x0bchunked'], '0\r\n\r\n')),
  row('a space before the colon', post(['Transfer-Encoding : chunked'], '0\r\n\r\n')),
  row('a NUL in a header name', post(['Transfer\0-Encoding: chunked'], '0\r\n\r\n')),
  row('a chunk size in hex with 0x', chunked('0x2\r\n{}\r\n0\r\n\r\n')),
  row('a chunk size below zero', chunked('-2\r\n{}\r\n0\r\n\r\n')),
  row('a chunk size above 2^64', chunked('10000000000000002\r\n{}\r\n0\r\n\r\n')),
  row('a chunk size with a space', chunked('2 2\r\n{}\r\n0\r\n\r\n')),
  row('a chunk longer than it says', chunked(`2\r\n{}{}\r\n0\r\n\r\n${smuggled}`)),
  row('a chunk with a bare line feed', chunked('2\n{}\n0\n\n')),
  row('a chunk with no size', chunked('\r\n{}\r\n0\r\n\r\n')),
  row(
    'chunks of more than 64 KiB',
    chunked(`${(70_000).toString(16)}\r\n${'x'.repeat(70_000)}\r\n`),
  ),
  row('a trailer that is no header', chunked('2\r\n{}\r\n0\r\nno header\r\n\r\n')),
  row('a trailer that says a length', chunked('2\r\n{}\r\n0\r\nContent-Length: 5\r\n\r\n')),
  row('a chunk whose data end in a line feed', chunked('2\r\n{}\n0\r\n\r\n')),
  row('a last chunk that ends in line feeds', chunked('2\r\n{}\r\n0\n\n')),
  row('a chunk extension that ends in a line feed', chunked('2;a\n{}\r\n0\r\n\r\n')),
  row('a chunk extension with a line in quotes', chunked('2;a="\r\n{}\r\n0\r\n\r\n')),
  row('a chunk extension of 20 KB', chunked(`2;${'a'.repeat(20_000)}\r\n{}\r\n0\r\n\r\n`)),
  row('gzip within chunks', post(['Transfer-Encoding: gzip, chunked'], '2\r\n{}\r\n0\r\n\r\n')),
  row(
    'an empty Transfer-Encoding beside a length',
    post(['Transfer-Encoding:', 'Content-Length: 2']),
  ),
  row('a Transfer-Encoding of identity', post(['Transfer-Encoding: identity'])),
  row(
    'chunks in HTTP/1.0',
    rawRequest(
      'POST /auth/login HTTP/1.0',
      [json, 'Transfer-Encoding: chunked'],
      '2\r\n{}\r\n0\r\n\r\n',
    ),
  ),
  row('a Content-Length with a comma', post(['Content-Length: 2,'])),
];

const hosts: Row[] = [
  row('two Host headers', get('/concerts', ['Host: evil.example'])),
  row('the same Host twice', get('/concerts', ['Host: tickets.example'])),
  row('no Host', bare('GET /concerts HTTP/1.1')),
  row('no Host with HTTP/1.0', bare('GET /concerts HTTP/1.0')),
  row('a Host of another line', bare('GET /concerts HTTP/1.1', ' Host: a')),
  ...[
    ['an empty Host', ''],
    ['a Host with a path', 'a/b'],
    ['a Host with user info', 'a@b'],
    ['a list of Hosts', 'a, b'],
    ['a Host with a space', 'a b'],
    ['a Host with two ports', 'a:1:2'],
    ['a Host with a port too long', 'a:808080'],
    ['a Host with a query', 'a?b'],
    ['a Host with a number sign', 'a#b'],
    ['a Host above ASCII', 'f\xe9'],
    ['a Host that is half IPv6', '[::1'],
    ['a Host with a scheme', 'http://a'],
  ].map(([name = '', host = '']) => row(name, bare('GET /concerts HTTP/1.1', `Host: ${host}`))),
];

const lines: Row[] = [
  row('a header on two lines', get('/concerts', ['X-A: 1', ' 2'])),
  row('a header on two lines with a tab', get('/concerts', ['X-A: 1', '\t2'])),
  row('bare line feeds', 'GET /concerts HTTP/1.1\nHost: a\nConnection: close\n\n'),
  row('a bare carriage return in a header', get('/concerts', ['X-A: 1\rX-B: 2'])),
  row('a NUL in a header', get('/concerts', ['X-A: \0'])),
  row('a header without a name', get('/concerts', [': 1'])),
  row('a header without a colon', get('/concerts', ['X-A'])),
  row('a header name with a space', get('/concerts', ['X A: 1'])),
  row('a header name above ASCII', get('/concerts', ['X-\xe9: 1'])),
  row('a header name in brackets', get('/concerts', ['(X-A): 1'])),
  row('a tab in the request line', 'GET\t/concerts HTTP/1.1\r\nHost: a\r\n\r\n'),
  row('a target of two words', 'GET /concerts /internal HTTP/1.1\r\nHost: a\r\n\r\n'),
  row('a method in small letters', 'get /concerts HTTP/1.1\r\nHost: a\r\n\r\n'),
  row('a method that is none', 'GETS /concerts HTTP/1.1\r\nHost: a\r\n\r\n'),
  row('HTTP/0.9', 'GET /concerts\r\n\r\n'),
  row('HTTP/2.0 in words', 'GET /concerts HTTP/2.0\r\nHost: a\r\n\r\n'),
  row('HTTP/0.9 in words', 'GET /concerts HTTP/0.9\r\nHost: a\r\n\r\n'),
  row('HTTP/1.10', 'GET /concerts HTTP/1.10\r\nHost: a\r\n\r\n'),
  row('the preface of HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'),
  row('TLS', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n'),
  row(
    'a greeting of the PROXY protocol',
    'PROXY TCP4 1.2.3.4 5.6.7.8 1 2\r\nGET / HTTP/1.1\r\n\r\n',
  ),
  row(
    '101 headers',
    get(
      '/concerts',
      Array.from({ length: 99 }, () => 'X-A: 1'),
    ),
  ),
  row(
    'a second Authorization where node reads no further',
    get('/points', [
      'Authorization: Bearer a',
      ...Array.from({ length: 2_000 }, () => 'a:'),
      'Authorization: Bearer b',
    ]),
  ),
  row('2 KB for the core in one header', get('/concerts', [`Accept: ${'a/b,'.repeat(512)}`])),
  row('16 KB of headers', get('/concerts', [`X-A: ${'a'.repeat(20_000)}`]), [
    431,
    'invalid-request',
  ]),
];

const meanings: Row[] = [
  row(
    'two Authorization headers',
    get('/points', ['Authorization: Bearer a', 'Authorization: Bearer b']),
  ),
  row('two queue tokens', get('/concerts/1/schedules', ['X-Queue-Token: a', 'X-Queue-Token: b'])),
  row('two assertions', get('/concerts', ['X-Internal-Assertion: a', 'X-Internal-Assertion: b'])),
  row(
    'two Idempotency-Keys',
    post(['Idempotency-Key: a', 'Idempotency-Key: b', 'Content-Length: 2']),
  ),
  row('two content types', post(['Content-Type: text/plain', 'Content-Length: 2'])),
  row('two request ids', get('/concerts', ['X-Request-Id: a', 'X-Request-Id: b'])),
  ...['gzip', 'deflate', 'br', 'gzip, identity', 'x-gzip', 'aws-chunked'].map((encoding) =>
    row(`a body in ${encoding}`, post([`Content-Encoding: ${encoding}`, 'Content-Length: 2'])),
  ),
  row('an expectation of its own', get('/concerts', ['Expect: 200-ok'])),
  row('a tunnel', rawRequest('CONNECT 127.0.0.1:3000 HTTP/1.1'), [405, 'method-not-allowed']),
  row('a tunnel to a path', rawRequest('CONNECT /concerts HTTP/1.1'), [405, 'method-not-allowed']),
  row(
    'another socket',
    rawRequest('GET /internal/load HTTP/1.1', ['Upgrade: websocket']),
    notFound,
  ),
  row(
    'a method to be taken for another',
    rawRequest('POST /concerts/1 HTTP/1.1', ['X-HTTP-Method-Override: GET', 'Content-Length: 0']),
    [405, 'method-not-allowed'],
  ),
  row('a path to be taken for another', get('/nowhere', ['X-Original-URL: /concerts']), notFound),
  row('a header of the core above ASCII', get('/concerts', ['Accept-Language: \xe9'])),
];

export const headRows: Row[] = [...framing, ...hosts, ...lines, ...meanings];
