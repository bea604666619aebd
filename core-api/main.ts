import { loadCoreConfig } from './config.ts';
import { startCore } from './server.ts';

/** A second signal does not wait for anything. */
async function main(): Promise<void> {
  const core = await startCore(loadCoreConfig(process.env));
  const stop = (): void => {
    process.once('SIGTERM', () => process.exit(1));
    process.once('SIGINT', () => process.exit(1));
    core.close().then(
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
