import { runService } from '../shared/service.ts';
import { loadCoreConfig } from './config.ts';
import { startCore } from './server.ts';

runService(process.env, (env) => startCore(loadCoreConfig(env)));
