import { loadGatewayConfig } from './config.ts';
import { startGateway } from './server.ts';

/** A second signal does not wait for anything. */
async function main(): Promise<void> {
  const gateway = await startGateway(loadGatewayConfig(process.env));
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
