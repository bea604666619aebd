import { expect } from 'chai';
import type { Fan } from '../../scripts/client/fan.ts';
import { startStack, type Stack } from '../harness/stack.ts';

interface Codes {
  codes: string[];
  code?: string;
}

const crowd = 50;

describe('bypass codes', () => {
  let stack: Stack;
  let concertId: string;
  before(async () => {
    stack = await startStack();
    const policy = { challenge: 'pow', powDifficulty: 12, maxActive: 1 } as const;
    ({ concertId } = await stack.createConcert({ seats: 1, price: 100, policy }));
  });
  after(() => stack.close());

  const make = (wish: object, by: Fan = stack.admin) =>
    by.call<Codes>('POST', `/admin/queue/${concertId}/bypass-codes`, { body: wish });
  const joinWith = (fan: Fan, bypassCode: string) =>
    fan.call<{ code?: string }>('POST', `/queue/${concertId}/tokens`, {
      body: { challenge: { bypassCode } },
    });

  it('are made by the operator alone, each another, and kept as hashes', async () => {
    const { status, body } = await make({ count: 3, label: 'press' });
    expect(status, JSON.stringify(body)).to.equal(201);
    expect(new Set(body.codes).size).to.equal(3);
    const rows = await stack.sql<{ code_hash: string }>(
      'SELECT code_hash FROM bypass_code WHERE concert_id = ?',
      [concertId],
    );
    for (const { code_hash } of rows) expect(code_hash).to.match(/^[0-9a-f]{64}$/);
    expect((await make({ count: 1, label: 'mine' }, await stack.fan())).status).to.equal(403);
    expect((await make({ count: 0, label: 'none' })).status).to.equal(400);
  });

  it(`let in as many of ${crowd} accounts as they have uses, and no other`, async () => {
    const { body } = await make({ count: 1, label: 'accessibility', uses: 3 });
    const [code = ''] = body.codes;
    const fans = await stack.fans(crowd);
    const answers = await Promise.all(fans.map((fan) => joinWith(fan, code)));
    const got = answers.map(({ status, body: { code: why = '' } }) => `${status} ${why}`.trim());
    expect(got.filter((one) => one === '201')).to.have.length(3);
    expect(got.filter((one) => one === '400 challenge-failed')).to.have.length(crowd - 3);
  });

  it('stay with the account, and leave a trace of who made and who used them', async () => {
    const { body } = await make({ count: 1, label: 'radio' });
    const [code = ''] = body.codes;
    const fan = await stack.fan();
    expect((await joinWith(fan, code.toLowerCase().replaceAll('-', ' '))).status).to.equal(400);
    expect((await joinWith(fan, code.toLowerCase().replaceAll('-', ''))).status).to.equal(201);
    expect((await joinWith(fan, code)).status).to.equal(200);
    expect((await joinWith(await stack.fan(), code)).status).to.equal(400);
    const audit = await stack.admin.call<{ items: Record<string, unknown>[] }>(
      'GET',
      `/admin/queue/${concertId}/audit`,
    );
    const [use, made] = audit.body.items;
    expect(use).to.deep.include({ action: 'bypass-use', userId: fan.userId });
    expect(made).to.deep.include({ action: 'bypass-codes', userId: stack.admin.userId });
    expect(JSON.stringify(audit.body)).not.to.contain(code);
  });

  it('of one concert are nothing at another', async () => {
    const other = await stack.createConcert({ seats: 1, price: 100, policy: { challenge: 'pow' } });
    const { body } = await make({ count: 1, label: 'press' });
    const fan = await stack.fan();
    const refused = await fan.call('POST', `/queue/${other.concertId}/tokens`, {
      body: { challenge: { bypassCode: body.codes[0] } },
    });
    expect(refused.status).to.equal(400);
  });
});
