import { runService } from '../shared/run-service.ts';
import { loadCoreConfig } from './config.ts';
import { startCore } from './server.ts';

runService(process.env, { name: 'core-api', load: loadCoreConfig, start: startCore });
