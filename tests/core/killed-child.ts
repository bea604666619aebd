import { openSaleWorld, type SaleWorld, type Stores } from './sale-world.ts';

/**
 * A process that makes one call and is killed between its COMMIT and the answer:
 * `node --import tsx killed-child.ts <stores as JSON> <name of the call> <its arguments as JSON>`.
 */
type CallName = 'hold' | 'holdAny' | 'pay' | 'refund' | 'charge';

const [stores, name, args] = process.argv.slice(2) as [string, CallName, string];
const world = await openSaleWorld({
  beside: { stores: JSON.parse(stores) as Stores },
  afterCommit: () => {
    process.kill(process.pid, 'SIGKILL');
    return new Promise(() => undefined);
  },
});
const call = world[name] as (...given: unknown[]) => ReturnType<SaleWorld['hold']>;
const { word } = await call(...(JSON.parse(args) as unknown[]));
process.exit(word === '201' ? 0 : 1);
