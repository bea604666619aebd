import { expect } from 'chai';
import { request } from 'undici';
import { createTicketTokens } from '../../core-api/tickets/ticket-token.ts';
import type { Fan } from '../../scripts/client/fan.ts';
import type { Admission, Ticket } from '../../shared/contracts/tickets.ts';
import { pickP256Keys } from '../../shared/keys.ts';
import { eventually } from '../harness/eventually.ts';
import { startStack, type Stack, type TestConcert } from '../harness/stack.ts';
import { startSubscriber } from '../harness/subscriber.ts';

describe('story: after the sale', () => {
  let stack: Stack;
  before(async () => {
    stack = await startStack();
  });
  after(() => stack.close());
  afterEach(async () => {
    expect(await stack.violations()).to.deep.equal([]);
  });

  /** A fan who has paid the first seat of a concert. */
  async function sold(concert: TestConcert): Promise<{ fan: Fan; ticketAt: string }> {
    const { concertId, scheduleId, seatIds } = concert;
    const [fan] = await stack.fansInside(concertId, 1, { points: 5_000 });
    if (!fan) throw new Error('no fan');
    const held = await fan.hold(concertId, { scheduleId, seatIds: seatIds.slice(0, 1) });
    const [reservation] = held.body.reservations;
    const paid = await fan.pay(concertId, [String(reservation?.reservationId)]);
    expect(paid.status, JSON.stringify(paid.body)).to.equal(201);
    return { fan, ticketAt: `/reservations/${reservation?.reservationId}/ticket` };
  }

  it('a ticket is shown, verified by the published keys, and lets its holder in once', async () => {
    const concert = await stack.createConcert({ seats: 2, price: 1_000 });
    const { fan, ticketAt } = await sold(concert);
    const { body: ticket } = await fan.call<Ticket>('GET', ticketAt);
    const drawn = await fan.call('GET', `${ticketAt}?format=svg`);
    expect([drawn.status, drawn.headers['content-type']]).to.deep.equal([200, 'image/svg+xml']);

    const published = await request(`${stack.gatewayUrl}/.well-known/jwks.json`);
    const tokens = createTicketTokens(pickP256Keys(await published.body.text()));
    expect(tokens.verify(ticket.code)).to.include({ reservationId: ticket.reservationId });

    const door = { code: ticket.code, concertId: concert.concertId };
    const refused = await fan.call('POST', '/admin/check-in', { body: door });
    expect(refused.status).to.equal(403);
    const first = await stack.admin.call<Admission>('POST', '/admin/check-in', { body: door });
    expect(first.status, JSON.stringify(first.body)).to.equal(200);
    expect(first.body).to.include({ seatNum: 1, concertId: concert.concertId });
    const second = await stack.admin.call<{ code: string; checkedInAt: string }>(
      'POST',
      '/admin/check-in',
      { body: door },
    );
    expect(second.status).to.equal(409);
    expect(second.body).to.include({
      code: 'already-checked-in',
      checkedInAt: first.body.checkedInAt,
    });
  });

  it('a date is called off: points come back, the ticket ends, a subscriber is told', async () => {
    const subscriber = await startSubscriber();
    const concert = await stack.createConcert({ seats: 2, price: 1_000 });
    const events = ['schedule.cancelled', 'payment.refunded'];
    const hook = await stack.admin.call<{ secret: string; webhookId: string }>(
      'POST',
      '/admin/webhooks',
      { body: { url: subscriber.url, events } },
    );
    expect(hook.status, JSON.stringify(hook.body)).to.equal(201);
    subscriber.believe(hook.body.secret);
    const { fan, ticketAt } = await sold(concert);
    const { body: ticket } = await fan.call<Ticket>('GET', ticketAt);

    const at = `/admin/concerts/${concert.concertId}/schedules/${concert.scheduleId}/cancel`;
    const begun = await stack.admin.call('POST', at);
    expect(begun.status, JSON.stringify(begun.body)).to.equal(202);
    await eventually(
      async () => {
        const { body } = await stack.admin.call('GET', at);
        expect(body).to.include({ state: 'DONE', refunded: 1, refundedPoints: 1_000 });
      },
      { deadlineMs: 10_000 },
    );
    expect((await fan.call<{ point: number }>('GET', '/points')).body.point).to.equal(5_000);
    const late = await stack.admin.call<{ code: string }>('POST', '/admin/check-in', {
      body: { code: ticket.code },
    });
    expect(late.body.code).to.equal('schedule-cancelled');
    await eventually(
      () => expect(subscriber.messages.map(({ event }) => event.type)).to.deep.equal(events),
      { deadlineMs: 10_000 },
    );
    expect(subscriber.forged).to.equal(0);
    const gone = await stack.admin.call('DELETE', `/admin/webhooks/${hook.body.webhookId}`);
    expect(gone.status).to.equal(204);
    await subscriber.close();
  });
});
