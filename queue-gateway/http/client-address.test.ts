import type { IncomingMessage } from 'node:http';
import { expect } from 'chai';
import { createClientAddress, limitKeyOf, toBlockList } from './client-address.ts';

const from = (remoteAddress: string, forwarded?: string) =>
  ({
    socket: { remoteAddress },
    headers: forwarded === undefined ? {} : { 'x-forwarded-for': forwarded },
  }) as unknown as IncomingMessage;

describe('the address of a caller', () => {
  const trusting = createClientAddress(toBlockList(['10.0.0.0/8', '127.0.0.1', 'fd00::/8']));
  const trustingNobody = createClientAddress(toBlockList([]));

  const rows: [name: string, remote: string, forwarded: string | undefined, address: string][] = [
    ['the peer, when nothing is said', '10.0.0.1', undefined, '10.0.0.1'],
    ['the peer, when it is no proxy of ours', '203.0.113.9', '1.2.3.4', '203.0.113.9'],
    ['what our proxy says', '10.0.0.1', '203.0.113.9', '203.0.113.9'],
    ['what our second proxy says', '10.0.0.1', '203.0.113.9, 10.0.0.2', '203.0.113.9'],
    ['not what the caller made up', '10.0.0.1', '1.1.1.1, 203.0.113.9', '203.0.113.9'],
    ['the last that can be read', '10.0.0.1', 'unknown, 10.0.0.2', '10.0.0.2'],
    ['the proxy, when it adds nonsense', '10.0.0.1', '"; DROP TABLE', '10.0.0.1'],
    ['the first of ours, when all are', '10.0.0.1', '10.0.0.3, 10.0.0.2', '10.0.0.3'],
    ['an IPv4 address in IPv6 writing', '::ffff:127.0.0.1', '203.0.113.9', '203.0.113.9'],
    ['an IPv6 caller', 'fd00::1', '2001:db8::7', '2001:db8::7'],
  ];
  for (const [name, remote, forwarded, address] of rows)
    it(`is ${name}`, () => expect(trusting(from(remote, forwarded))).to.equal(address));

  it('is always the peer when no proxy is trusted', () => {
    expect(trustingNobody(from('127.0.0.1', '1.2.3.4'))).to.equal('127.0.0.1');
  });

  it('takes no list that is none', () => {
    for (const wrong of ['x', '10.0.0.0/', '10.0.0.0/x', '10.0.0.0/33', ''])
      expect(() => toBlockList([wrong]), wrong).to.throw();
  });

  it('counts IPv6 by network, however it is written', () => {
    const networks = [
      '2001:db8:0:1::1',
      '2001:db8:0:1:ffff:ffff:ffff:ffff',
      '2001:0DB8:0000:0001::',
      '2001:db8:0:1:0:0:0:9',
    ].map(limitKeyOf);
    expect(new Set(networks)).to.deep.equal(new Set(['2001:db8:0:1::/64']));
    expect(limitKeyOf('::1')).to.equal('0:0:0:0::/64');
    expect(limitKeyOf('2001:db8::1')).to.equal('2001:db8:0:0::/64');
    expect(limitKeyOf('203.0.113.9')).to.equal('203.0.113.9');
  });
});
