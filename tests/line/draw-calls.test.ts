import { createHash, createHmac } from 'node:crypto';
import { expect } from 'chai';
import type { Draw } from '../../shared/contracts/queue.ts';
import { chainStartText, chainText, drawPlace, emptyLeaf, seedText } from '../../shared/draw.ts';
import { openReceipt } from '../../shared/receipt.ts';
import type { Fan } from '../../scripts/client/fan.ts';
import { eventually } from '../harness/eventually.ts';
import { openDraw } from './driven-room.ts';
import { type Gateways, startGateways } from './gateways.ts';

const hash = (name: string, text: string | Buffer): string =>
  createHash(name).update(text).digest('hex');
const fromNow = (ms: number): string => new Date(Date.now() + ms).toISOString();

describe('the calls of a draw', () => {
  let line: Gateways;
  before(async () => {
    line = await startGateways({ count: 2 });
  });
  after(() => line.close());

  /** Ends registration as an operator does, by an earlier opening. */
  async function openNow(room: string): Promise<void> {
    const opened = await line.admin().call('PUT', `/admin/queue/${room}`, {
      body: { opensAt: fromNow(-1_000), preQueueOpensAt: fromNow(-60_000) },
    });
    expect(opened.status, JSON.stringify(opened.body)).to.equal(200);
  }

  const addRoom = (maxActive = 2): string =>
    line.core.addRoom({
      order: 'draw',
      preQueueOpensAt: fromNow(-60_000),
      opensAt: fromNow(600_000),
      maxActive,
    });

  const readDraw = async (room: string, at = 0): Promise<Draw> =>
    (await line.api(at).call<Draw>('GET', `/queue/${room}/draw`)).body;

  /** All registered, and what each of them was told. */
  async function register(room: string, fans: Fan[]) {
    const joinOnce = (fan: Fan) =>
      eventually(async () => {
        // A store that is slow answers 503, and the same index when it is asked again.
        const { status, body } = await fan.join(room);
        expect(status, JSON.stringify(body)).to.be.lessThan(300);
        return body;
      });
    return Promise.all(fans.map(joinOnce));
  }

  const drawn = (room: string, at = 0): Promise<Draw> =>
    eventually(async () => {
      const draw = await readDraw(room, at);
      expect(draw.state).to.equal('DRAWN');
      return draw;
    });

  it('register, draw, and let anybody compute every number', async () => {
    const room = addRoom();
    const fans = Array.from({ length: 60 }, (_, at) => line.fan(at + 1, at % 2));
    const joined = await register(room, fans);
    expect(joined[0]).to.include({ status: 'REGISTERED', queueId: null, position: null });
    const indexes = joined.map(({ registrationIndex }) => registrationIndex);
    expect(new Set(indexes).size).to.equal(60);
    await eventually(async () => expect((await readDraw(room)).registered).to.equal(60));
    const before = await readDraw(room, 1);
    expect(before).to.include({ state: 'REGISTRATION', secret: null, digest: null, base: null });
    expect(before.commitment).to.equal(openDraw.commitment);
    const [first] = fans;
    const asked = await first?.status(room);
    expect(asked?.body).to.include({ status: 'REGISTERED', position: null });
    expect((await first?.activate(room))?.body.code).to.equal('not-your-turn');

    await openNow(room);
    const facts = await drawn(room, 0);
    expect(await drawn(room, 1), 'both gateways agree').to.deep.equal(facts);
    const { base, digest, secret } = facts;
    if (base === null || digest === null || secret === null) throw new Error('not drawn');
    expect(hash('sha256', Buffer.from(secret, 'hex'))).to.equal(before.commitment);

    const seedHex = hash('sha256', seedText({ ...facts, base, digest, secret }));
    const hmac = (text: string): Buffer =>
      createHmac('sha256', Buffer.from(seedHex, 'hex')).update(text).digest();
    const numbers = new Set<number>();
    for (const [at, fan] of fans.entries()) {
      const number = base + drawPlace(Number(indexes[at]), facts.registered, hmac);
      numbers.add(number);
      const { body } = await fan.status(room);
      expect(body, JSON.stringify(body)).to.include({ queueId: String(number) });
      const other = line.fan(fan.userId, at + 1);
      const again = await other.join(room);
      expect([again.status, again.body.queueId]).to.deep.equal([200, String(number)]);
    }
    expect(numbers.size).to.equal(60);

    const leaves = await line
      .api(1)
      .call<{ items: { leaf: string | null }[]; nextCursor: string | null }>(
        'GET',
        `/queue/${room}/draw/leaves`,
      );
    const chain = leaves.body.items.reduce(
      (link, { leaf }) => hash('sha1', chainText(link, leaf ?? emptyLeaf)),
      hash('sha1', chainStartText(room)),
    );
    expect(chain).to.equal(digest);
    for (const { receipt } of joined) {
      const { registrationIndex = 0, leaf } = openReceipt(receipt).facts;
      expect(leaves.body.items[registrationIndex - 1]?.leaf).to.equal(leaf);
    }
    const page = await line
      .api()
      .call<{ items: unknown[]; nextCursor: string | null }>(
        'GET',
        `/queue/${room}/draw/leaves?limit=7&cursor=55`,
      );
    expect([page.body.items.length, page.body.nextCursor]).to.deep.equal([5, null]);
  }).timeout(20_000);

  it('let whoever has a drawn number in, and who comes later stands behind', async () => {
    const room = addRoom(3);
    const fans = Array.from({ length: 6 }, (_, at) => line.fan(at + 1, at % 2));
    await register(room, fans);
    await openNow(room);
    await drawn(room);
    const late = line.fan(90);
    expect((await late.join(room)).body).to.include({ queueId: '7', status: 'WAITING' });
    const inside = await eventually(async () => {
      const states = await Promise.all(fans.map((fan) => fan.status(room)));
      const ready = fans.filter((_, at) => states[at]?.body.status === 'READY');
      expect(ready.length).to.equal(3);
      return ready;
    });
    for (const fan of inside) expect((await fan.activate(room)).status).to.equal(200);
    for (const fan of inside) expect((await fan.status(room)).body.status).to.equal('ACTIVE');
  }).timeout(20_000);

  it('end a registration that is given back, on every gateway', async () => {
    const room = addRoom();
    const [fan, other] = [line.fan(1), line.fan(1, 1)];
    await register(room, [fan]);
    other.queueToken = fan.queueToken;
    expect((await fan.leave(room)).status).to.equal(204);
    expect((await fan.leave(room)).status, 'again').to.equal(204);
    await eventually(async () => {
      const gone = await other.status(room);
      expect([gone.status, gone.body.code]).to.deep.equal([410, 'queue-token-ended']);
    });
    expect((await line.fan(1).join(room)).body).to.include({ registrationIndex: 2 });
  });

  it('wait for the core, which keeps the secret, and let nobody in meanwhile', async () => {
    const room = addRoom();
    const [fan, other] = [line.fan(1), line.fan(2, 1)];
    await register(room, [fan, other]);
    line.core.sealing = false;
    try {
      await openNow(room);
      await eventually(async () =>
        expect(await readDraw(room)).to.include({ state: 'CLOSED', registered: 2, secret: null }),
      );
      expect((await fan.status(room)).body.status).to.equal('REGISTERED');
      expect((await line.fan(3).join(room)).body).to.include({ status: 'WAITING', queueId: '3' });
      const { body } = await line.api().call('GET', `/queue/${room}`);
      expect(body).to.include({ front: 0, active: 0 });
    } finally {
      line.core.sealing = true;
    }
    await drawn(room);
    for (const one of [fan, other])
      await eventually(async () => expect((await one.status(room)).body.status).to.equal('READY'));
  }).timeout(20_000);

  it('are 404 for a room without a draw', async () => {
    const room = line.core.addRoom();
    for (const path of [`/queue/${room}/draw`, `/queue/${room}/draw/leaves`, '/queue/999/draw'])
      expect((await line.api().call('GET', path)).status, path).to.equal(404);
  });
});
