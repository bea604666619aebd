import { expect } from 'chai';
import { openLocks } from '../../core-api/lock/open-locks.ts';
import { createLogger } from '../../shared/logger.ts';
import { eventually } from '../harness/eventually.ts';
import { type LockNodes, openLockNodes } from './lock-nodes.ts';
import { openSaleWorld, type Outcome, type SaleWorld } from './sale-world.ts';

const logger = createLogger({ service: 'test', level: 'silent' });

describe('core: a lock that is lost while its holder works', () => {
  let nodes: LockNodes;
  let one: SaleWorld;
  let other: SaleWorld;
  before(async () => {
    nodes = await openLockNodes();
    const { urls, namespace } = nodes;
    const policy = { commandTimeoutMs: 1_000, downPolicy: 'closed', downPlaces: 1 } as const;
    const open = () => openLocks({ urls, namespace, logger, ...policy });
    one = await openSaleWorld({ locks: await open() });
    other = await openSaleWorld({ locks: await open(), beside: one });
  });
  after(async () => {
    await other.close();
    await one.close();
    await nodes.close();
  });

  for (const [how, lose] of [
    [
      'two of three nodes are started empty',
      (key: string) => Promise.all(nodes.nodes.slice(1).map((node) => node.del(key))),
    ],
    [
      'its time is over before the transaction ends',
      (key: string) => Promise.all(nodes.nodes.map((node) => node.pexpire(key, 1))),
    ],
  ] as const) {
    it(`sells the seat once when ${how}`, async () => {
      const date = await one.date({ seats: 1 });
      const [slowUser = '', quickUser = ''] = await one.users(2);
      const key = `${nodes.namespace}lock:seat:${date.seatIds[0]}`;
      const slow = await one.database.transaction(
        async (tx): Promise<{ call: Promise<Outcome> }> => {
          // The slow one has the lock and waits for a row.
          await tx.rows('SELECT user_id FROM users WHERE user_id = ? FOR UPDATE', [slowUser]);
          const call = one.hold(slowUser, date, date.seatIds);
          await eventually(async () => {
            for (const node of nodes.nodes) expect(await node.exists(key), key).to.equal(1);
          });
          const refused = await other.hold(quickUser, date, date.seatIds);
          expect(refused.word, 'while the lock is there').to.equal('409 seat-taken');
          await lose(key);
          await eventually(async () => {
            const quick = await other.hold(quickUser, date, date.seatIds);
            expect(quick.word).to.equal('201');
          });
          return { call };
        },
      );
      expect((await slow.call).word).to.equal('409 seat-taken');
      expect(await one.violations()).to.deep.equal([]);
    });
  }
});
