import { expect } from 'chai';
import { createApiClient, type ProblemAnswer } from '../../scripts/client/api-client.ts';
import type { Fan } from '../../scripts/client/fan.ts';
import type { Endpoint } from '../../shared/contracts/endpoint.ts';
import { allEndpoints, publicEndpoints } from '../../shared/contracts/index.ts';
import { toSchema } from '../../shared/contracts/openapi-schema.ts';
import { startStack, type Stack } from '../harness/stack.ts';

/**
 * Object-level authorization over every call of the contracts: whose thing an id names is decided
 * by its name, so a call added later is tested by itself, or fails here until somebody says whose
 * its ids are.
 */

/** Ids of things that belong to no account. */
const everybodys = new Set(['concertId', 'scheduleId', 'seatId', 'seatIds', 'cord', 'queueId']);

type Things = Record<'reservationId' | 'paymentId' | 'chargeId', string>;
/** Ids of things that belong to an account, by the name they have in a path or a body. */
const owned: Record<string, keyof Things> = {
  reservationId: 'reservationId',
  reservationIds: 'reservationId',
  paymentId: 'paymentId',
  chargeId: 'chargeId',
};
/** Calls that need a paid reservation; the others need one that is only held. */
const ofPaid = new Set(['getTicket']);
/** Bodies of calls whose body names owned things. */
const bodies: Record<string, (things: Things) => unknown> = {
  createPayments: ({ reservationId }) => ({ reservationIds: [reservationId] }),
};

const namesIn = (path: string): string[] =>
  [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => String(name));

/** Names of members that end like an id, wherever they stand in a schema. */
function idsIn(schema: unknown): string[] {
  if (typeof schema !== 'object' || schema === null) return [];
  return Object.entries(schema).flatMap(([name, member]) => [
    ...(/Ids?$/.test(name) ? [name] : []),
    ...idsIn(member),
  ]);
}

const idNames = ({ path, body }: Endpoint): string[] => [
  ...namesIn(path),
  ...(body ? idsIn(toSchema(body, 'input')) : []),
];

const ofAccounts = publicEndpoints.filter(({ guard }) => /user|queue|active/.test(guard));
const withOwned = ofAccounts.filter((endpoint) => idNames(endpoint).some((name) => name in owned));
const ofRooms = publicEndpoints.filter(
  ({ guard, path }) => /queue|active/.test(guard) && path.includes('{concertId}'),
);
const ofOwners = publicEndpoints.filter(({ guard }) => guard === 'admin');
const ofServices = allEndpoints.filter(({ guard }) => guard === 'service');

describe('story: nobody reaches what belongs to others', () => {
  let stack: Stack;
  let concertId: string;
  let otherRoom: string;
  let holder: Fan;
  let stranger: Fan;
  let held: Things;
  let paid: Things;
  before(async () => {
    stack = await startStack();
    const concert = await stack.createConcert({ seats: 20, price: 10 });
    concertId = concert.concertId;
    otherRoom = (await stack.createConcert({ seats: 1, price: 10 })).concertId;
    const [a, b] = await stack.fansInside(concertId, 2, { points: 1_000 });
    if (!a || !b) throw new Error('no fans');
    [holder, stranger] = [a, b];
    const { scheduleId, seatIds } = concert;
    const reserve = async (at: number) => {
      const answer = await holder.hold(concertId, { scheduleId, seatIds: [String(seatIds[at])] });
      return String(answer.body.reservations[0]?.reservationId);
    };
    const [first, second] = [await reserve(0), await reserve(1)];
    const payment = await holder.pay(concertId, [first]);
    const paymentId = String(payment.body.payments[0]?.paymentId);
    const chargeId = await pendingCharge(holder);
    paid = { reservationId: first, paymentId, chargeId };
    held = { reservationId: second, paymentId, chargeId };
  });
  after(() => stack.close());

  /** As one that a payment provider has not confirmed yet. */
  async function pendingCharge({ userId }: Fan): Promise<string> {
    await stack.sql('INSERT INTO charge (user_id, amount) VALUES (?, 5)', [userId]);
    const [row] = await stack.sql<{ id: number }>('SELECT MAX(charge_id) AS id FROM charge', []);
    return String(row?.id);
  }

  /** Everything that could change, but for what the line notes of who is there. */
  const rows = () =>
    stack.sql(
      `SELECT (SELECT COUNT(*) FROM users) AS users,
         (SELECT GROUP_CONCAT(concert_id, concert_name, status, updated_at) FROM concert) AS concerts,
         (SELECT GROUP_CONCAT(seat_id, price, seat_status, status, updated_at ORDER BY seat_id)
            FROM concert_seat) AS seats,
         (SELECT GROUP_CONCAT(reservation_id, reservation_status, reservation_expire_dt ORDER BY 1)
            FROM reservation) AS reservations,
         (SELECT GROUP_CONCAT(payment_id, payment_status ORDER BY 1) FROM payment) AS payments,
         (SELECT COUNT(*) FROM point_history) AS history, (SELECT SUM(point) FROM point) AS points`,
      [],
    );
  const targetOf = ({ path }: Endpoint, things: Things, room = concertId): string =>
    path.replace(/\{(\w+)\}/g, (_, name: string) => {
      const thing = owned[name];
      if (name === 'cord') return 'close';
      if (name === 'userName') return 'somebody';
      return thing ? things[thing] : name === 'concertId' ? room : '1';
    });
  const ask = async (who: Fan, endpoint: Endpoint, things: Things) => {
    const body = bodies[endpoint.name]?.(things);
    const call = { ...(body === undefined ? {} : { body }) };
    const { method } = endpoint;
    return who.call<ProblemAnswer>(method, targetOf(endpoint, things), call);
  };

  it('knows of every id of every call whose thing it names', () => {
    const unknown = ofAccounts.flatMap((endpoint) =>
      idNames(endpoint)
        .filter((name) => !everybodys.has(name) && !(name in owned))
        .map((name) => `${endpoint.name}: ${name}`),
    );
    expect(unknown).to.deep.equal([]);
    const withoutBody = withOwned.filter(
      ({ name, body }) =>
        body && idsIn(toSchema(body, 'input')).some((id) => id in owned) && !bodies[name],
    );
    expect(withoutBody.map(({ name }) => name)).to.deep.equal([]);
    expect(withOwned.length).to.be.at.least(5);
  });

  for (const endpoint of withOwned)
    it(`${endpoint.name}: another account’s thing is 404 and stays as it is`, async () => {
      const before = await rows();
      const things = ofPaid.has(endpoint.name) ? paid : held;
      const answer = await ask(stranger, endpoint, things);
      expect([answer.status, answer.body.code], JSON.stringify(answer.body)).to.deep.equal([
        404,
        'not-found',
      ]);
      expect(await rows()).to.deep.equal(before);
    });

  for (const endpoint of ofRooms)
    it(`${endpoint.name}: a token of another room is 403 and changes nothing`, async () => {
      const before = await rows();
      const target = targetOf(endpoint, held, otherRoom);
      const body = bodies[endpoint.name]?.(held) ?? { scheduleId: '1', quantity: 1 };
      const answer = await stranger.call<ProblemAnswer>(endpoint.method, target, { body });
      expect([answer.status, answer.body.code]).to.deep.equal([403, 'queue-token-wrong-room']);
      expect(await rows()).to.deep.equal(before);
    });

  for (const endpoint of ofOwners)
    it(`${endpoint.name}: an account that is no owner is 403, whatever it sends`, async () => {
      const before = await rows();
      for (const room of [concertId, '999999'])
        for (const body of [undefined, {}, { role: 'ADMIN', concertName: 'Mine' }]) {
          const target = targetOf(endpoint, held, room);
          const sent = body === undefined ? {} : { body };
          const answer = await stranger.call<ProblemAnswer>(endpoint.method, target, sent);
          expect([answer.status, answer.body.code], target).to.deep.equal([403, 'forbidden']);
          const nobody = await stack.api.call<ProblemAnswer>(endpoint.method, target, sent);
          expect([nobody.status, nobody.body.code]).to.deep.equal([401, 'access-token-required']);
        }
      expect(await rows()).to.deep.equal(before);
    });

  for (const endpoint of ofServices)
    it(`${endpoint.name}: is not there for anybody outside, an owner included`, async () => {
      const before = await rows();
      // The gateway's own one is known by its path, and takes the core's signature alone.
      const expected =
        endpoint.owner === 'gateway' ? [401, 'assertion-invalid'] : [404, 'not-found'];
      for (const who of [stranger, stack.admin]) {
        const body = endpoint.method === 'GET' ? {} : { body: { control: 'CLOSED' } };
        const answer = await who.call<ProblemAnswer>(
          endpoint.method,
          targetOf(endpoint, held),
          body,
        );
        expect([answer.status, answer.body.code]).to.deep.equal(expected);
      }
      expect(await rows()).to.deep.equal(before);
    });

  it('a key of another account is a key of its own', async () => {
    const idempotencyKey = 'the same for both';
    const body = { amount: 5 };
    const first = await holder.call<ProblemAnswer>('POST', '/points/charges', {
      body,
      idempotencyKey,
    });
    const second = await stranger.call<ProblemAnswer>('POST', '/points/charges', {
      body,
      idempotencyKey,
    });
    expect([first.status, second.status]).to.deep.equal([400, 400]);
    const key = { idempotencyKey: 'the-same-for-both' };
    const one = await holder.charge(5, key);
    const other = await stranger.charge(5, key);
    expect([one.status, other.status]).to.deep.equal([201, 201]);
    expect(other.headers).not.to.have.property('idempotency-replayed');
    expect(other.body.pointHistoryId).not.to.equal(one.body.pointHistoryId);
  });

  it('lists have one’s own things alone', async () => {
    for (const path of ['/reservations', '/payments']) {
      const own = await holder.call<{ items: unknown[] }>('GET', path);
      const others = await stranger.call<{ items: unknown[] }>('GET', path);
      expect([own.body.items.length > 0, others.body.items], path).to.deep.equal([true, []]);
    }
  });

  it('the things are there for who has them: the calls above failed for no other reason', async () => {
    const order = ['extendReservation', 'createPayments', 'cancelReservation', 'refundPayment'];
    const rank = ({ name }: Endpoint): number => order.indexOf(name);
    for (const endpoint of [...withOwned].sort((a, b) => rank(a) - rank(b))) {
      const things = ofPaid.has(endpoint.name) ? paid : held;
      const answer = await ask(holder, endpoint, things);
      expect(answer.status, `${endpoint.name} ${JSON.stringify(answer.body)}`).not.to.equal(404);
      expect(answer.status, endpoint.name).not.to.equal(403);
    }
  });

  it('the core opens nothing of this to who reaches it past the gateway', async () => {
    const core = createApiClient({ gatewayUrl: stack.coreUrl });
    try {
      for (const endpoint of [...withOwned, ...ofOwners, ...ofServices]) {
        if (endpoint.owner !== 'core') continue;
        const answer = await core.call<ProblemAnswer>(endpoint.method, targetOf(endpoint, held), {
          accessToken: stack.admin.accessToken,
          headers: { 'x-user-id': holder.userId, 'x-internal-assertion': 'v1.a.b.c' },
        });
        expect([answer.status, answer.body.code]).to.deep.equal([401, 'assertion-invalid']);
      }
    } finally {
      await core.close();
    }
  });
});
