import { expect } from 'chai';
import { createConnection } from 'mysql2/promise';
import { migrateUp } from '../../core-api/db/migrate.ts';
import { type DatabaseNode, startDatabaseNode } from '../harness/database-node.ts';
import { eventually } from '../harness/eventually.ts';
import { type CoreWorld, inside, openCoreWorld } from './core-world.ts';

/** A log of rows, so that what triggers did comes along. */
const logging = (id: number) => ['--log-bin=log', '--binlog-format=ROW', `--server-id=${id}`];

async function query(node: DatabaseNode, sql: string): Promise<Record<string, unknown>[]> {
  const connection = await createConnection({ uri: node.url });
  try {
    const [rows] = await connection.query(sql);
    return rows as Record<string, unknown>[];
  } finally {
    await connection.end();
  }
}

describe('core: reads from a replica', () => {
  let primary: DatabaseNode;
  let replica: DatabaseNode;
  let world: CoreWorld;

  before(async function () {
    this.timeout(60_000);
    [primary, replica] = await Promise.all([
      startDatabaseNode({ args: logging(1) }),
      startDatabaseNode({ args: logging(2) }),
    ]);
    const [at] = await query(primary, 'SHOW MASTER STATUS');
    await query(
      replica,
      `CHANGE MASTER TO MASTER_HOST = '127.0.0.1', MASTER_PORT = ${primary.port},
         MASTER_USER = 'node', MASTER_PASSWORD = 'node', MASTER_LOG_FILE = '${String(at?.['File'])}',
         MASTER_LOG_POS = ${String(at?.['Position'])}, MASTER_CONNECT_RETRY = 1`,
    );
    await query(replica, 'START SLAVE');
    await migrateUp({ databaseUrl: primary.url });
    world = await openCoreWorld({
      databaseUrl: () => primary.url,
      env: { DATABASE_REPLICA_URLS: replica.url },
    });
  });
  after(async () => {
    await world.close();
    await replica.kill();
    await primary.kill();
  });

  /** How many statements the replica has answered. */
  const asked = async (): Promise<number> => {
    const [row] = await query(replica, "SHOW GLOBAL STATUS LIKE 'Com_stmt_execute'");
    return Number(row?.['Value']);
  };
  const names = async (): Promise<string[]> => {
    const { body } = await world.call('GET', '/concerts?limit=100');
    return body.items.map(({ concertName }: { concertName: string }) => concertName);
  };
  const create = async (concertName: string): Promise<string> => {
    const made = await world.admin('POST', '/admin/concerts', { concertName });
    expect(made.word).to.equal('201');
    return made.body.concertId;
  };

  it('shows lists, dates and layouts from there', async () => {
    const { concertId, scheduleId } = await world.concert({ seats: 3 });
    const caller = { caller: inside(concertId) };
    await eventually(async () => {
      const before = await asked();
      expect(await names()).to.have.length(1);
      const dates = await world.call('GET', `/concerts/${concertId}/schedules`, caller);
      expect(dates.body.items[0]).to.include({ seatsLeft: 3 });
      const seats = `/concerts/${concertId}/schedules/${scheduleId}/seats?view=layout`;
      expect((await world.call('GET', seats, caller)).body.seats).to.have.length(3);
      expect((await asked()) - before).to.be.at.least(3);
    });
  });

  it('shows what was before while it lags; what decides and what is one’s own is never old', async () => {
    const { concertId, scheduleId } = await world.concert({ seats: 1 });
    await eventually(async () => expect(await names()).to.have.length(2));
    const locked = await createConnection({ uri: replica.url });
    await locked.query('FLUSH TABLES WITH READ LOCK');
    const user = { userName: 'late-fan', password: 'a long password' };
    const { userId } = (await world.call('POST', '/auth/register', { body: user })).body;
    const caller = inside(concertId, userId);
    const seats = `/concerts/${concertId}/schedules/${scheduleId}/seats`;
    const [{ seatId }] = (await world.call('GET', seats, { caller })).body.items;
    const held = await world.call('POST', `/concerts/${concertId}/reservations`, {
      caller,
      body: { scheduleId, seatIds: [seatId] },
    });
    expect(held.word).to.equal('201');
    const own = await world.call('GET', '/reservations', { caller });
    expect(own.body.items).to.have.length(1);
    const inventory = await world.call('GET', `/internal/concerts/${concertId}/inventory`);
    expect(inventory.body).to.include({ held: 1, sellable: 0 });
    const dates = await world.call('GET', `/concerts/${concertId}/schedules`, { caller });
    expect(dates.body.items[0]).to.include({ seatsLeft: 1 });
    await locked.end();
    await eventually(async () => {
      const now = await world.call('GET', `/concerts/${concertId}/schedules`, { caller });
      expect(now.body.items[0]).to.include({ seatsLeft: 0 });
    });
  });

  it('goes to the primary when replication stands still, and back when it runs', async () => {
    await query(replica, 'STOP SLAVE');
    await create('While it stands still');
    await eventually(async () => expect(await names()).to.include('While it stands still'));
    const before = await asked();
    await query(replica, 'START SLAVE');
    await eventually(async () => {
      await names();
      expect(await asked()).to.be.greaterThan(before + 2);
    });
  });

  it('goes to the primary when the replica is gone, and nobody notices', async () => {
    await replica.kill();
    await create('Without a replica');
    for (let i = 0; i < 20; i += 1) expect(await names()).to.include('Without a replica');
  });
});
