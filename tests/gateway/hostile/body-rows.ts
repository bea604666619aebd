import { rawRequest } from '../raw.ts';
import { type Row, row } from './row.ts';

/** Bodies that are no JSON of ours, or JSON that two readers read in two ways. */

const json = 'Content-Type: application/json';
const charge = 'POST /points/charges HTTP/1.1';

function body(name: string, bytes: string | Buffer, type: string | null = json): Row {
  const content = typeof bytes === 'string' ? Buffer.from(bytes) : bytes;
  return row(name, (edge) => {
    const headers = [
      `Authorization: Bearer ${edge.accessToken('7')}`,
      ...(type === null ? [] : [type]),
      `Content-Length: ${content.length}`,
    ];
    return Buffer.concat([Buffer.from(rawRequest(charge, headers), 'latin1'), content]);
  });
}

const nested = (depth: number, [open, close]: readonly [string, string]): string =>
  open.repeat(depth) + '1' + close.repeat(depth);

export const bodyRows: Row[] = [
  body('no content type', '{}', null),
  body('an empty content type', '{}', 'Content-Type:'),
  ...[
    'text/plain',
    'text/html',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'application/xml',
    'application/jsonp',
    'application/json-patch+json',
    'application/problem+json',
    'application/vnd.api+json',
    'application/*',
    '*/*',
    'application/json, text/plain',
    'application/json; charset=utf-16',
    'application/json; charset=iso-8859-1',
    'application/json; charset=utf-8; charset=utf-16',
    'application/json; boundary=x',
    'application/json;',
    'text/plain; application/json',
  ].map((type) => body(`a body of ${type}`, '{"amount":1}', `Content-Type: ${type}`)),
  body('an empty body', ''),
  body('white space alone', ' \n\t'),
  body('more than 64 KiB', JSON.stringify({ pad: 'x'.repeat(65 * 1_024) })),
  body('JSON that is cut short', '{"amount":'),
  body('JSON that goes on', '{"amount":1}{"amount":2}'),
  body('a comma too many', '{"amount":1,}'),
  body('a comment', '{"amount":1/**/}'),
  body('single quotes', "{'amount':1}"),
  body('a key without quotes', '{amount:1}'),
  body('NaN', '{"amount":NaN}'),
  body('Infinity', '{"amount":Infinity}'),
  body('hex', '{"amount":0x1}'),
  body('a zero in front', '{"amount":01}'),
  body('a plus sign', '{"amount":+1}'),
  body('a fraction without digits', '{"amount":1.}'),
  body('undefined', '{"amount":undefined}'),
  body('a byte order mark', '\ufeff{"amount":1}'),
  body('JSON in UTF-16', Buffer.from('{"amount":1}', 'utf16le')),
  body(
    'JSON in UTF-32',
    Buffer.from([...'{"amount":1}'].flatMap((c) => [c.charCodeAt(0), 0, 0, 0])),
  ),
  body('bytes that are not UTF-8', Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d])),
  body('overlong UTF-8', Buffer.from([0x7b, 0x22, 0xc0, 0xa2, 0x22, 0x3a, 0x31, 0x7d])),
  body(
    'half a surrogate in UTF-8',
    Buffer.from([0x7b, 0x22, 0xed, 0xa0, 0x80, 0x22, 0x3a, 0x31, 0x7d]),
  ),
  body('a NUL', '{"amount":1\0}'),
  body('a control character in a text', '{"a":"\u0007"}'),
  body('an escape that is none', '{"a":"\\x41"}'),
  body(
    'XML',
    '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><x>&e;</x>',
  ),
  body(
    'a pickle of another language',
    Buffer.from('gASVFAAAAAAAAACMBXBvc2l4lIwGc3lzdGVtlJOULg==', 'base64'),
  ),
  body('a key twice', '{"amount":1,"amount":1000000}'),
  body('a key twice, once in escapes', '{"amount":1,"\\u0061mount":1000000}'),
  body('a key twice, three levels down', '{"a":[{"b":{"c":1,"c":2}}]}'),
  body('a key of every object twice', '{"__proto__":1,"__proto__":2}'),
  body('17 objects in each other', nested(17, ['{"a":', '}'])),
  body('17 lists in each other', nested(17, ['[', ']'])),
  body('10,000 lists in each other', nested(10_000, ['[', ']'])),
  body('10,000 objects in each other', nested(10_000, ['{"a":', '}'])),
  body('lists that are never closed', '['.repeat(60_000)),
];
