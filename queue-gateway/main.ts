import { url as inspectorUrl } from 'node:inspector';
import { loadGatewayConfig } from './config.ts';
import { startGateway } from './server.ts';

async function main(): Promise<void> {
  const config = loadGatewayConfig(process.env);
  // Whoever reaches the port of the inspector has every key.
  if (config.nodeEnv === 'production' && inspectorUrl() !== undefined)
    throw new Error('The inspector must not be open in production');
  const gateway = await startGateway(config);
  // A second signal does not wait for anything.
  const stop = (): void => {
    process.once('SIGTERM', () => process.exit(1));
    process.once('SIGINT', () => process.exit(1));
    gateway.close().then(
      () => process.exit(0),
      () => process.exit(1),
    );
  };
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
});
