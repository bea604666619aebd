import { runService } from '../shared/service.ts';
import { loadGatewayConfig } from './config.ts';
import { startGateway } from './server.ts';

runService(process.env, (env) => startGateway(loadGatewayConfig(env)));
