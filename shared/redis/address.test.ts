import { expect } from 'chai';
import { parseRedisUrl } from './address.ts';
import { clusterSlot } from './cluster-slot.ts';

describe('addresses of Redis', () => {
  it('name one server, nodes of a cluster, or sentinels and their primary', () => {
    const single = 'rediss://:secret@cache:6380/2';
    expect(parseRedisUrl(single)).to.deep.equal({ kind: 'single', url: single });
    expect(parseRedisUrl('redis-cluster://line:p%40ss@a:7001,b,[::1]:7003')).to.deep.equal({
      kind: 'cluster',
      nodes: [
        { host: 'a', port: 7_001 },
        { host: 'b', port: 6_379 },
        { host: '::1', port: 7_003 },
      ],
      login: { username: 'line', password: 'p@ss' },
    });
    expect(
      parseRedisUrl('rediss-sentinel://:secret@s1,s2:5000/main/3?sentinelPassword=other'),
    ).to.deep.equal({
      kind: 'sentinel',
      sentinels: [
        { host: 's1', port: 26_379 },
        { host: 's2', port: 5_000 },
      ],
      name: 'main',
      db: 3,
      login: { tls: {}, password: 'secret' },
      sentinelPassword: 'other',
    });
  });

  for (const text of [
    '',
    'http://cache',
    'redis-cluster://',
    'redis-cluster://a:70000',
    'redis-cluster://a,,b',
    'redis-sentinel://a,b',
    'redis-sentinel:///main',
  ]) {
    it(`are not "${text}"`, () => {
      expect(() => parseRedisUrl(text)).to.throw();
    });
  }

  it('of keys in a cluster are those of the specification', () => {
    expect(clusterSlot('123456789')).to.equal(0x31c3);
    expect(clusterSlot('foo{}{bar}')).not.to.equal(clusterSlot('{bar}'));
    expect(clusterSlot('a{room:7}:state')).to.equal(clusterSlot('{room:7}:tokens'));
    expect(clusterSlot('foo{{bar}}zap')).to.equal(clusterSlot('{bar'));
  });
});
