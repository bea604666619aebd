import { expect } from 'chai';
import { ConfigError } from '../shared/config.ts';
import { generatePrivateJwk, generateSecretJwk } from '../shared/keys.ts';
import { gatewayVariables, loadGatewayConfig } from './config.ts';

const setOf = (key: unknown): string => JSON.stringify({ keys: [key] });
const env = {
  REDIS_URL: 'redis://127.0.0.1:6379',
  ACCESS_TOKEN_PUBLIC_KEYS: setOf(generatePrivateJwk()),
  WAITING_TOKEN_KEYS: setOf(generateSecretJwk()),
  ACTIVE_TOKEN_KEYS: setOf(generatePrivateJwk()),
  ASSERTION_KEYS: setOf(generateSecretJwk()),
  RECEIPT_KEYS: setOf(generatePrivateJwk()),
  TICKET_PUBLIC_KEYS: setOf(generatePrivateJwk()),
};

const faultsOf = (given: Record<string, string | undefined>): string => {
  try {
    loadGatewayConfig(given);
    return 'no fault';
  } catch (error) {
    return error instanceof ConfigError ? error.message : `another error: ${String(error)}`;
  }
};

describe('the configuration of the gateway', () => {
  it('needs nothing but the stores and the keys, and is frozen', () => {
    const config = loadGatewayConfig(env);
    expect(config).to.include({
      nodeEnv: 'development',
      port: 8_080,
      coreUrl: 'http://127.0.0.1:3000',
      rateLimits: true,
    });
    expect(Object.isFrozen(config)).to.equal(true);
    expect(loadGatewayConfig({ ...env, CORE_PORT: '3001' }).coreUrl).to.equal(
      'http://127.0.0.1:3001',
    );
  });

  it('names every fault at once and repeats no value', () => {
    const secret = setOf({ kty: 'oct', kid: 'a', k: 'c2hvcnQ' });
    const faults = faultsOf({
      ...env,
      NODE_ENV: 'production',
      RATE_LIMITS: 'off',
      GATEWAY_PORT: '99999',
      CORE_URL: 'http://user:secret@core/path',
      REDIS_URL: undefined,
      WAITING_TOKEN_KEYS: secret,
      ACTIVE_TOKEN_KEYS: setOf(generateSecretJwk()),
      ASSERTION_KEYS: '/no/such/file',
    });
    for (const name of [
      'RATE_LIMITS',
      'GATEWAY_PORT',
      'CORE_URL',
      'REDIS_URL',
      'WAITING_TOKEN_KEYS',
      'ACTIVE_TOKEN_KEYS',
      'ASSERTION_KEYS',
    ])
      expect(faults).to.contain(`- ${name}:`);
    expect(faults).not.to.contain('secret@');
    expect(faults).not.to.contain('c2hvcnQ');
  });

  it('takes rate limits off only outside production', () => {
    expect(loadGatewayConfig({ ...env, RATE_LIMITS: 'off' }).rateLimits).to.equal(false);
    expect(faultsOf({ ...env, NODE_ENV: 'production', RATE_LIMITS: 'off' })).to.contain(
      'RATE_LIMITS',
    );
  });

  it('refuses a key that serves two purposes, and one that nobody drew', () => {
    const secret = setOf(generateSecretJwk());
    const pair = setOf(generatePrivateJwk());
    const faults = faultsOf({
      ...env,
      WAITING_TOKEN_KEYS: secret,
      ASSERTION_KEYS: secret,
      ACTIVE_TOKEN_KEYS: pair,
      ACCESS_TOKEN_PUBLIC_KEYS: pair,
    });
    expect(faults).to.contain('ASSERTION_KEYS: has a key of WAITING_TOKEN_KEYS');
    expect(faults).to.contain('ACTIVE_TOKEN_KEYS: has a key of ACCESS_TOKEN_PUBLIC_KEYS');
    for (const typed of [
      '\0'.repeat(32),
      'a'.repeat(64),
      'secret'.repeat(8),
      'changeme'.repeat(4),
    ]) {
      const k = Buffer.from(typed).toString('base64url');
      const weak = setOf({ kty: 'oct', kid: 'a', k });
      expect(faultsOf({ ...env, ASSERTION_KEYS: weak }), typed).to.contain(
        'ASSERTION_KEYS: has a key that was not drawn at random',
      );
    }
  });

  it('takes keys that were drawn at random, always', () => {
    for (let i = 0; i < 200; i += 1)
      loadGatewayConfig({ ...env, ASSERTION_KEYS: setOf(generateSecretJwk()) });
  });

  it('has a line in the table for every variable it reads', () => {
    const read = new Set<string>();
    const recorder = new Proxy(env as Record<string, string | undefined>, {
      get: (target, name) => {
        if (typeof name === 'string') read.add(name);
        return target[String(name)];
      },
    });
    loadGatewayConfig(recorder);
    expect(gatewayVariables.map(({ name }) => name)).to.have.members([...read]);
  });
});
