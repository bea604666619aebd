import { expect } from 'chai';
import { type CpuProfile, foldProfile, partOf, selfTimes } from './fold-profile.ts';

const node = (id: number, functionName: string, url: string) => ({
  id,
  callFrame: { functionName, url, scriptId: '0', lineNumber: 0, columnNumber: 0 },
});

const profile: CpuProfile = {
  nodes: [
    node(1, 'join', 'file:///a/dist/queue-gateway/queue/join-service.js'),
    node(2, 'sign', 'file:///a/node_modules/jsonwebtoken/sign.js'),
    node(3, '(idle)', ''),
    node(4, '(garbage collector)', ''),
  ],
  samples: [1, 3, 2, 1, 4],
  timeDeltas: [100, 5_000, 300, 200, 400],
};

describe('a folded profile', () => {
  it('counts what each part and function took itself, and no waiting', () => {
    const { micros, byPart, byFunction } = selfTimes(profile);
    expect(micros).to.equal(1_000);
    expect([...byPart]).to.deep.equal([
      ['queue-gateway/queue/join-service', 300],
      ['jsonwebtoken', 300],
      ['(garbage collector)', 400],
    ]);
    expect(byFunction.get('join, queue-gateway/queue/join-service')).to.equal(300);
  });

  it('is shown for a call, the largest first', () => {
    const text = foldProfile(profile, 10);
    expect(text).to.include('100 µs a call');
    expect(text).to.match(/\| \(garbage collector\) \| 40 \| 40 \|\n\| queue-gateway/);
  });

  it('names packages, modules of Node and files of ours', () => {
    expect(partOf('file:///x/node_modules/@hono/node-server/dist/index.mjs', 'a')).to.equal(
      '@hono/node-server',
    );
    expect(partOf('node:internal/crypto/sig', 'a')).to.equal('node:crypto');
    expect(partOf('', 'writev')).to.equal('V8 and C++ of Node');
    expect(partOf('', '(program)')).to.equal('(program)');
  });
});
