/** A gateway whose uploads may be larger, in a process of its own: its memory is looked at. */
import { setTimeout as sleep } from 'node:timers/promises';
import { loadGatewayConfig } from '../../queue-gateway/config.ts';
import { startGateway } from '../../queue-gateway/server.ts';

const gateway = await startGateway(loadGatewayConfig(process.env), {
  uploadLimitBytes: 64 * 1_024 * 1_024,
});

/** What is kept: neither what the allocator holds back nor garbage, given back behind its collection. */
async function tellKept(): Promise<void> {
  globalThis.gc?.();
  await sleep(20);
  globalThis.gc?.();
  const { heapUsed, external } = process.memoryUsage();
  process.send?.({ kept: heapUsed + external });
}

process.on('message', () => void tellKept());
process.send?.({ port: gateway.port });
