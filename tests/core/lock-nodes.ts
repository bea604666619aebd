import { Redis } from 'ioredis';
import { freshNamespace } from '../harness/fresh-namespace.ts';
import { createTcpProxy, type TcpProxy } from '../harness/tcp-proxy.ts';

export type LockNodes = Awaited<ReturnType<typeof openLockNodes>>;

/** Three lock nodes, each behind a wire that can be cut. They are one Redis in three databases. */
export async function openLockNodes() {
  const { redisUrl, namespace, clear } = freshNamespace();
  const target = new URL(redisUrl);
  const wires: TcpProxy[] = [];
  const urls: string[] = [];
  const nodes: Redis[] = [];
  for (const database of [1, 2, 3]) {
    const wire = await createTcpProxy({ host: target.hostname, port: Number(target.port) });
    wires.push(wire);
    const url = new URL(redisUrl);
    url.pathname = `/${database}`;
    nodes.push(new Redis(url.href));
    url.host = `127.0.0.1:${wire.port}`;
    urls.push(url.href);
  }
  return {
    urls,
    wires,
    namespace,
    /** One client a node, past its wire. */
    nodes,
    async close() {
      for (const node of nodes) node.disconnect();
      for (const wire of wires) await wire.close();
      await clear();
    },
  };
}
