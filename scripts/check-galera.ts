/**
 * Three MariaDB nodes of a Galera cluster, sales by writers on two of them at once, a node stopped and
 * one killed in the midst: nothing is sold twice, and the others go on; a node that is left alone sells
 * nothing until it has company again. Locks are off, so that conflicts reach the database and are told at
 * COMMIT (errno 1213). Needs MariaDB with Galera, and rsync.
 * `npm run check:galera`
 */
import { existsSync } from 'node:fs';
import { createConnection } from 'mysql2/promise';
import { migrateUp } from '../core-api/db/migrate.ts';
import { openSaleWorld, reservationIds, type SaleWorld, tally } from '../tests/core/sale-world.ts';
import { type DatabaseNode, startDatabaseNode } from '../tests/harness/database-node.ts';
import { eventually } from '../tests/harness/eventually.ts';
import { isMain } from './is-main.ts';
import { freePort } from './stack/free-port.ts';

const providers = ['/usr/lib/galera/libgalera_smm.so', '/usr/lib64/galera-4/libgalera_smm.so'];

async function startCluster(provider: string): Promise<DatabaseNode[]> {
  const ports = await Promise.all(Array.from({ length: 9 }, () => freePort()));
  const peers = ports.slice(0, 3).map((port) => `127.0.0.1:${port}`);
  const nodes: DatabaseNode[] = [];
  for (const index of [0, 1, 2]) {
    const args = [
      '--wsrep-on=ON',
      `--wsrep-provider=${provider}`,
      `--wsrep-cluster-address=gcomm://${peers.join(',')}`,
      `--wsrep-node-address=${peers[index]}`,
      `--wsrep-provider-options=gmcast.listen_addr=tcp://${peers[index]};ist.recv_addr=127.0.0.1:${ports[3 + index]}`,
      '--wsrep-sst-method=rsync',
      `--wsrep-sst-receive-address=127.0.0.1:${ports[6 + index]}`,
      '--binlog-format=ROW',
      '--innodb-autoinc-lock-mode=2',
      ...(index === 0 ? ['--wsrep-new-cluster'] : []),
    ];
    nodes.push(await startDatabaseNode({ args, joins: index > 0 }));
  }
  return nodes;
}

async function status(node: DatabaseNode, name: string): Promise<string> {
  const connection = await createConnection({ uri: node.url });
  const [rows] = await connection.query('SHOW GLOBAL STATUS LIKE ?', [name]);
  await connection.end();
  return (rows as { Value: string }[])[0]?.Value ?? '';
}

const openOn = ({ url: databaseUrl }: DatabaseNode): Promise<SaleWorld> => {
  const stores = { databaseUrl, redisUrl: '', namespace: '', remove: () => Promise.resolve() };
  return openSaleWorld({ locks: 'off', beside: { stores } as SaleWorld });
};

const triesMax = 8;

/** Everybody wants some of the same few seats, half of them through each node, and pays. */
async function rush(sides: readonly SaleWorld[], onHeld?: () => Promise<void>) {
  const [first] = sides;
  if (!first) throw new Error('nobody sells');
  const date = await first.date({ seats: 60, price: 10 });
  const users = await first.users(120, { points: 100 });
  const held = await Promise.all(
    users.map((id, i) => {
      const seatIds = [0, 1].map((n) => String(date.seatIds[(i * 7 + n) % 60]));
      return (sides[i % sides.length] ?? first).hold(id, date, seatIds);
    }),
  );
  await onHeld?.();
  const left = onHeld ? sides.slice(0, 1) : sides;
  const payAll = () =>
    Promise.all(
      held.flatMap((outcome, i) =>
        outcome.word === '201'
          ? [(left[i % left.length] ?? first).pay(String(users[i]), date, reservationIds(outcome))]
          : [],
      ),
    );
  // The cluster takes seconds to give a dead node up, and callers are told to come back.
  let [paid, tries] = [await payAll(), 1];
  while (paid.some(({ word }) => word === '503 unavailable') && tries < triesMax) {
    [paid, tries] = [await payAll(), tries + 1];
  }
  return { held: tally(held), paid: tally(paid), tries };
}

async function untilCluster(node: DatabaseNode, size: number): Promise<void> {
  await eventually(
    async () => {
      const of = await status(node, 'wsrep_cluster_size');
      const seen = `${of} ${await status(node, 'wsrep_local_state_comment')}`;
      if (seen !== `${size} Synced`) throw new Error(`the cluster is ${seen}, not ${size} Synced`);
    },
    { deadlineMs: 60_000, intervalMs: 100 },
  );
}

/** What every round has to come to: each of the 60 seats sold once, in pairs. */
function expectSold(what: string, { held, paid, tries }: Awaited<ReturnType<typeof rush>>): void {
  console.log(`${what}:`, JSON.stringify({ held, paid, tries }));
  const bought = (paid['201'] ?? 0) + (paid['409 already-paid'] ?? 0);
  if (held['201'] !== 30 || bought !== 30) throw new Error(`${what}: not 30 pairs held and paid`);
}

/**
 * Two of three are gone: the one that is left cannot know whether they go on without it, and must not
 * sell. What it was asked for meanwhile is told as 503, and may have happened once they are back.
 */
async function sellAlone(one: SaleWorld, node: DatabaseNode, last: DatabaseNode): Promise<void> {
  const date = await one.date({ seats: 20, price: 10 });
  const users = await one.users(20, { points: 100 });
  const holdAll = () =>
    Promise.all(users.map((id, i) => one.hold(id, date, [String(date.seatIds[i])])));
  last.pause();
  const before = await holdAll();
  await eventually(
    async () => {
      const seen = await status(node, 'wsrep_cluster_status');
      if (seen !== 'non-Primary') throw new Error(`the node takes itself for ${seen}`);
    },
    { deadlineMs: 60_000, intervalMs: 100 },
  );
  const alone = tally([...before, ...(await holdAll())]);
  console.log(
    'two of three down, the last one is asked for 20 seats, twice:',
    JSON.stringify(alone),
  );
  if (alone['503 unavailable'] !== 40) throw new Error('a node that was left alone has sold');
  last.resume();
  for (const each of [node, last]) await untilCluster(each, 2);
  const back = tally(await holdAll());
  console.log('one of them is back:', JSON.stringify(back));
  // What hung when the others went away may have happened.
  const sold = (back['201'] ?? 0) + (back['409 seat-taken'] ?? 0);
  if (sold !== 20) throw new Error('it does not go on');
}

async function check(nodes: readonly DatabaseNode[], sides: readonly SaleWorld[]): Promise<void> {
  const [one, two, three] = nodes;
  const [first] = sides;
  if (!one || !two || !three || !first) throw new Error('there are three nodes');
  for (let round = 1; round <= 3; round += 1)
    expectSold(`round ${round}, writers on two nodes`, await rush(sides));
  const conflicts = await Promise.all(
    [one, two].flatMap((node) =>
      ['wsrep_local_cert_failures', 'wsrep_local_bf_aborts'].map((name) => status(node, name)),
    ),
  );
  console.log(`conflicts told at COMMIT or in the midst: ${conflicts.join(' + ')}`);

  const stopped = await rush(sides, async () => two.pause());
  expectSold('one node is stopped between holds and payments', stopped);
  await untilCluster(one, 2);
  two.resume();
  for (const node of [one, two]) await untilCluster(node, 3);
  expectSold('it is back, writers on two nodes', await rush(sides));
  const killed = await rush(sides, () => two.kill());
  expectSold('one node is killed between holds and payments', killed);
  await untilCluster(one, 2);
  await sellAlone(first, one, three);
  const violations = await first.violations();
  console.log(`audit: ${violations.length} violations`);
  if (violations.length !== 0) throw new Error(JSON.stringify(violations));
}

async function main(): Promise<void> {
  const provider = providers.find((path) => existsSync(path));
  if (!provider) throw new Error('Galera is not installed: the Debian package is galera-4');
  const nodes = await startCluster(provider);
  const [one, two] = nodes;
  const sides: SaleWorld[] = [];
  try {
    if (!one || !two) throw new Error('there are three nodes');
    await untilCluster(one, 3);
    await migrateUp({ databaseUrl: one.url });
    sides.push(await openOn(one), await openOn(two));
    await check(nodes, sides);
  } finally {
    await Promise.all(sides.map((side) => side.close().catch(() => undefined)));
    await Promise.all(nodes.map((node) => node.kill()));
  }
}

if (isMain(import.meta.url)) await main();
