import { freePort, isPortFree } from './free-port.ts';

export interface ServicePorts {
  gatewayPort: number;
  corePort: number;
}

const maxPort = 65_535;

/**
 * The ports of the two services: `GATEWAY_PORT` and `CORE_PORT`, where 0 takes a free one.
 *
 * @throws when one is no port, is taken, or both are the same; the message says what to change
 */
export async function choosePorts(env: NodeJS.ProcessEnv): Promise<ServicePorts> {
  const gatewayPort = await choosePort(env, 'GATEWAY_PORT', 8_080);
  const corePort = await choosePort(env, 'CORE_PORT', 3_000);
  if (gatewayPort === corePort) {
    throw new Error(`GATEWAY_PORT and CORE_PORT are both ${corePort}; give them different ports.`);
  }
  return { gatewayPort, corePort };
}

async function choosePort(env: NodeJS.ProcessEnv, name: string, usual: number): Promise<number> {
  const given = env[name];
  const port = given === undefined || given === '' ? usual : Number(given);
  if (!Number.isInteger(port) || port < 0 || port > maxPort) {
    throw new Error(`${name} is ${given}; it must be a port number.`);
  }
  if (port === 0) return freePort();
  if (await isPortFree(port)) return port;
  throw new Error(
    `Port ${port} is taken by another program. Stop that program, or set ${name} to a free port: ` +
      `${name}=${await freePort()} npm start`,
  );
}

export interface StackFacts extends ServicePorts {
  databaseUrl: string;
  redisUrl: string;
  /** The key variables of `prepareKeys`. */
  keys: Record<string, string>;
}

/** The environment of both services: what the person set, and what we found and made. */
export function serviceEnv(env: NodeJS.ProcessEnv, facts: StackFacts): NodeJS.ProcessEnv {
  return {
    // No load balancer of this machine looks at the services: a Ctrl-C need not wait for one.
    DRAIN_SECONDS: '0',
    ...env,
    DATABASE_URL: facts.databaseUrl,
    REDIS_URL: facts.redisUrl,
    GATEWAY_PORT: String(facts.gatewayPort),
    CORE_PORT: String(facts.corePort),
    GATEWAY_URL: gatewayUrl(facts, env),
    // Of this machine's own making most often: the core, who calls the gateway, takes it for good.
    ...(hasTls(env) ? { NODE_EXTRA_CA_CERTS: env.NODE_EXTRA_CA_CERTS ?? env.TLS_CERT_FILE } : {}),
    CORE_URL: coreUrl(facts),
    ...facts.keys,
  };
}

const hasTls = ({ TLS_CERT_FILE: file }: NodeJS.ProcessEnv): boolean =>
  file !== undefined && file !== '';

/** Over TLS by the name that a certificate for this machine has. */
export function gatewayUrl(ports: ServicePorts, env: NodeJS.ProcessEnv): string {
  const origin = hasTls(env) ? 'https://localhost' : 'http://127.0.0.1';
  return `${origin}:${ports.gatewayPort}`;
}

export function coreUrl(ports: ServicePorts): string {
  return `http://127.0.0.1:${ports.corePort}`;
}
