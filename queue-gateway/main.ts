import { runService } from '../shared/run-service.ts';
import { loadGatewayConfig } from './config.ts';
import { startGateway } from './server.ts';

runService(process.env, { name: 'queue-gateway', load: loadGatewayConfig, start: startGateway });
