import { expect } from 'chai';
import type { EntryStory } from '../../shared/contracts/entries.ts';
import { eventually } from '../harness/eventually.ts';
import { type Gateways, startGateways } from './gateways.ts';

describe('the story of an entry', () => {
  let line: Gateways;
  before(async () => {
    line = await startGateways({ count: 1 });
  });
  after(() => line.close());

  const ask = (room: string, number: number) =>
    line.admin().call<EntryStory>('GET', `/admin/queue/${room}/entries/${number}`);

  it('is told for every number that was given, to operators alone', async () => {
    const room = line.core.addRoom({ maxActive: 1 });
    const [inside, waiting, leaver] = [line.fan(1), line.fan(2), line.fan(3)];
    for (const fan of [inside, waiting, leaver]) await fan.join(room);
    await leaver.leave(room);
    await eventually(async () => {
      const stories = await Promise.all([1, 2, 3].map((number) => ask(room, number)));
      expect(
        stories.map(({ body }) => [body.status, body.position, body.reason]),
        JSON.stringify(stories),
      ).to.deep.equal([
        ['ACTIVE', 0, null],
        ['WAITING', 1, null],
        ['ENDED', 2, 'left'],
      ]);
    });
    expect(Date.parse((await ask(room, 1)).body.leaseUntil ?? '')).to.be.greaterThan(Date.now());
    await inside.leave(room);
    await eventually(async () => {
      const { body } = await ask(room, 1);
      expect([body.status, body.reason]).to.deep.equal(['ENDED', 'left']);
      expect((await ask(room, 2)).body.status).to.equal('READY');
    });
    expect((await ask(room, 9)).status).to.equal(404);
    expect((await ask(room, 999_999_999_999)).status).to.equal(404);
    const refused = await waiting.call('GET', `/admin/queue/${room}/entries/1`);
    expect(refused.status).to.equal(403);
  });
});
