/** A gateway whose uploads may be larger, in a process of its own: its memory is looked at. */
import { loadGatewayConfig } from '../../queue-gateway/config.ts';
import { startGateway } from '../../queue-gateway/server.ts';

const gateway = await startGateway(loadGatewayConfig(process.env), {
  uploadLimitBytes: 64 * 1_024 * 1_024,
});
process.on('message', () => {
  // Buffers that nobody needs any more are no growth.
  globalThis.gc?.();
  process.send?.({ rss: process.memoryUsage.rss() });
});
process.send?.({ port: gateway.port });
