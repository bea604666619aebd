import { expect } from 'chai';
import { createApiClient, type ProblemAnswer } from '../../scripts/client/api-client.ts';
import { allEndpoints } from '../../shared/contracts/index.ts';
import { startStack, type Stack } from '../harness/stack.ts';

describe('story: the core answers nobody but the gateway', () => {
  let stack: Stack;
  before(async () => {
    stack = await startStack();
  });
  after(() => stack.close());

  const coreEndpoints = allEndpoints.filter(({ owner }) => owner === 'core');

  it('has calls to protect', () => {
    expect(coreEndpoints.length).to.be.greaterThan(20);
  });

  for (const { name, method, path } of coreEndpoints) {
    it(`refuses ${name} without a signed assertion, whatever tokens come with it`, async () => {
      const fan = await stack.fan();
      const core = createApiClient({ gatewayUrl: stack.coreUrl });
      const target = path.replaceAll(/\{\w+\}/g, '1');
      const forged: Record<string, string>[] = [
        {},
        { 'x-internal-assertion': 'v1.a.b.c' },
        { 'x-user-id': fan.userId, 'x-internal-user': fan.userId },
      ];
      for (const headers of forged) {
        const answer = await core.call<ProblemAnswer>(method, target, {
          accessToken: fan.accessToken,
          headers,
          ...(method === 'GET' ? {} : { body: {} }),
        });
        expect([answer.status, answer.body.code]).to.deep.equal([401, 'assertion-invalid']);
      }
      await core.close();
    });
  }

  it('is not reachable under /internal from outside', async () => {
    const outside = allEndpoints.filter(
      ({ guard, owner }) => guard === 'service' && owner === 'core',
    );
    expect(outside.length).to.be.greaterThan(3);
    for (const { method, path } of outside) {
      const answer = await stack.api.call<ProblemAnswer>(
        method,
        path.replaceAll(/\{\w+\}/g, '1'),
        method === 'GET' ? {} : { body: {} },
      );
      expect([answer.status, answer.body.code], path).to.deep.equal([404, 'not-found']);
    }
  });
});
