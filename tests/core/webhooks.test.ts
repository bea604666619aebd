import { expect } from 'chai';
import { createWebhookSender } from '../../core-api/webhooks/webhook-sender.ts';
import type { Delivery, Webhook } from '../../shared/contracts/webhooks.ts';
import { eventually } from '../harness/eventually.ts';
import { type Subscriber, startSubscriber } from '../harness/subscriber.ts';
import { openSaleWorld, type SaleWorld, times } from './sale-world.ts';

const patience = { deadlineMs: 20_000 };

describe('core: webhooks to the outside', () => {
  let world: SaleWorld;
  const open: Subscriber[] = [];
  beforeEach(async () => {
    world = await openSaleWorld();
    world.jobs.start();
  });
  afterEach(async () => {
    // Who leaves its caller waiting goes first, so that nobody waits for a timeout.
    await Promise.all(open.splice(0).map((one) => one.close()));
    await world.close();
  });

  const webhooks = () => world.afterSales.webhooks;

  async function subscribe(events: Webhook['events'] = ['concert.sold-out']) {
    const subscriber = await startSubscriber();
    open.push(subscriber);
    const { secret, webhookId } = await webhooks().create({ url: subscriber.url, events });
    subscriber.believe(secret);
    return { subscriber, webhookId };
  }

  async function happen(count: number, type = 'concert.sold-out'): Promise<void> {
    const sql = "INSERT INTO outbox_event (concert_id, event_type, payload) VALUES (1, ?, '{}')";
    for (let made = 0; made < count; made += 1) await world.database.run(sql, [type]);
  }

  const idsOf = ({ messages }: Subscriber): number[] =>
    messages.map(({ event }) => Number(event.eventId));
  const log = async (webhookId: string): Promise<Delivery[]> =>
    (await webhooks().deliveries(webhookId, { limit: 100 })).items;
  /** As time would. */
  const noWaiting = () => world.database.run('UPDATE webhook SET next_try_at = SYSDATE(6)');

  it('are sent in order, signed, and only what was asked for', async () => {
    const { subscriber, webhookId } = await subscribe();
    await happen(30);
    await happen(5, 'schedule.cancelled');
    await happen(10);
    await eventually(() => expect(subscriber.messages).to.have.length(40), patience);
    const ids = idsOf(subscriber);
    expect(ids).to.deep.equal([...ids].sort((a, b) => a - b));
    expect(new Set(ids).size).to.equal(40);
    expect(subscriber.forged).to.equal(0);
    const [first] = subscriber.messages;
    expect(first?.id).to.equal(`evt_${String(first?.event.eventId)}`);
    expect(first?.event).to.include({ type: 'concert.sold-out', concertId: '1' });
    await eventually(async () => {
      const states = (await log(webhookId)).map(
        ({ state, lastStatus }) => `${state} ${lastStatus}`,
      );
      expect(new Set(states)).to.deep.equal(new Set(['DELIVERED 204']));
    });
    expect(JSON.stringify(await webhooks().list({ limit: 10 }))).not.to.contain('whsec_');
  });

  it('are tried again after a failure, nothing overtakes, and the log says so', async () => {
    const { subscriber, webhookId } = await subscribe();
    let failures = 2;
    subscriber.answer = () => {
      failures -= 1;
      return failures >= 0 ? 503 : 200;
    };
    await happen(3);
    await eventually(async () => {
      await noWaiting();
      expect(subscriber.messages).to.have.length(5);
    }, patience);
    const [first, second, third, ...rest] = idsOf(subscriber);
    expect([second, third]).to.deep.equal([first, first]);
    expect(rest).to.deep.equal([Number(first) + 1, Number(first) + 2]);
    await eventually(async () => {
      const attempts = (await log(webhookId)).map((one) => one.attempts);
      expect(attempts).to.deep.equal([1, 1, 3]);
    });
    const { failingSince, pending, status } = await webhooks().get(webhookId);
    expect({ failingSince, pending, status }).to.deep.equal({
      failingSince: null,
      pending: 0,
      status: 'ACTIVE',
    });
  });

  it('are not held up by one who never answers, nor is the gateway', async () => {
    const { subscriber: slow, webhookId } = await subscribe();
    const { subscriber: quick } = await subscribe();
    slow.answer = () => 'never';
    await happen(1);
    await eventually(() => expect(slow.messages).to.have.length(1), patience);
    await happen(20);
    await eventually(() => {
      expect(quick.messages).to.have.length(21);
      expect(world.delivered.filter(({ type }) => type === 'concert.sold-out')).to.have.length(21);
    }, patience);
    expect(slow.messages, 'still at its first').to.have.length(1);
    expect((await webhooks().get(webhookId)).pending).to.equal(21);
  });

  it('are sent once each by four instances at once', async () => {
    const { subscriber } = await subscribe();
    const others = await Promise.all(times(3, () => openSaleWorld({ beside: world })));
    for (const { jobs } of others) jobs.start();
    await happen(120);
    await eventually(async () => {
      expect((await webhooks().list({ limit: 1 })).items[0]?.pending).to.equal(0);
      expect(subscriber.messages.length).to.be.at.least(120);
    }, patience);
    await Promise.all(others.map((other) => other.close()));
    const ids = idsOf(subscriber);
    expect(ids).to.deep.equal([...new Set(ids)].sort((a, b) => a - b));
    expect(ids).to.have.length(120);
  });

  it('end after a day of failures, visibly, and go on when they are switched on again', async () => {
    const { subscriber, webhookId } = await subscribe();
    subscriber.answer = () => 500;
    await happen(2);
    await eventually(async () => {
      expect((await webhooks().get(webhookId)).failingSince).to.be.a('string');
    }, patience);
    await world.database.run(
      `UPDATE webhook SET failing_since = SYSDATE(6) - INTERVAL 25 HOUR,
         next_try_at = SYSDATE(6) WHERE webhook_id = ?`,
      [webhookId],
    );
    await eventually(async () => {
      const { status, disabledReason } = await webhooks().get(webhookId);
      expect({ status, disabledReason }).to.deep.equal({
        status: 'DISABLED',
        disabledReason: 'nothing could be delivered for a day',
      });
    }, patience);
    await happen(1);
    subscriber.answer = () => 200;
    await eventually(async () => {
      expect((await webhooks().get(webhookId)).pending, 'kept meanwhile').to.equal(2);
    }, patience);
    const before = subscriber.messages.length;
    const [failed] = (await log(webhookId)).filter(({ state }) => state === 'FAILED');
    expect((await webhooks().change(webhookId, { status: 'ACTIVE' })).status).to.equal('ACTIVE');
    await eventually(() => {
      expect(subscriber.messages.slice(before)).to.have.length(2);
    }, patience);

    const again = await webhooks().redeliver(webhookId, String(failed?.deliveryId));
    expect(again).to.include({ eventId: failed?.eventId, state: 'PENDING' });
    await eventually(() => {
      expect(subscriber.messages.at(-1)?.id).to.equal(`evt_${String(failed?.eventId)}`);
    }, patience);
  });

  it('end at once for who answers 410 Gone', async () => {
    const { subscriber, webhookId } = await subscribe();
    subscriber.answer = () => 410;
    await happen(2);
    await eventually(async () => {
      expect((await webhooks().get(webhookId)).disabledReason).to.equal('answered 410 Gone');
    }, patience);
    expect(subscriber.messages).to.have.length(1);
  });

  it('never reach an inner address, by number or by name, where only public ones are allowed', async () => {
    const { subscriber } = await subscribe();
    const sender = createWebhookSender({ addresses: 'public', now: Date.now });
    const { port } = new URL(subscriber.url);
    const hosts = [
      '127.0.0.1',
      'localhost',
      '[::1]',
      '[::ffff:127.0.0.1]',
      '2130706433',
      '0.0.0.0',
    ];
    const secret = 'whsec_AAAA';
    for (const host of hosts) {
      const url = `http://${host}:${port}/events`;
      const sent = await sender.send({ url, secret }, { id: 'evt_1', body: '{}' });
      expect(sent, host).to.deep.equal({
        ok: false,
        status: null,
        error: 'the URL leads to an address that is not public',
      });
    }
    await sender.close();
    expect(subscriber.messages).to.deep.equal([]);
  });
});
