import { expect } from 'chai';
import { ConfigError } from '../shared/config.ts';
import { generatePrivateJwk, generateSecretJwk } from '../shared/keys.ts';
import { coreVariables, loadCoreConfig } from './config.ts';

const setOf = (key: unknown): string => JSON.stringify({ keys: [key] });
const env = {
  DATABASE_URL: 'mysql://root@127.0.0.1:3306/concert',
  ACCESS_TOKEN_KEYS: setOf(generatePrivateJwk()),
  ASSERTION_KEYS: setOf(generateSecretJwk()),
  TICKET_KEYS: setOf(generatePrivateJwk()),
};

const faultsOf = (given: Record<string, string | undefined>): string => {
  try {
    loadCoreConfig(given);
    return 'no fault';
  } catch (error) {
    return error instanceof ConfigError ? error.message : `another error: ${String(error)}`;
  }
};

describe('the configuration of the core', () => {
  it('needs nothing but the database and the keys, and is frozen', () => {
    const config = loadCoreConfig(env);
    expect(config).to.deep.include({
      nodeEnv: 'development',
      host: '127.0.0.1',
      port: 3_000,
      lockRedisUrls: ['redis://127.0.0.1:6379'],
      lockDownPolicy: 'db',
      holdSeconds: 300,
      gatewayUrl: 'http://127.0.0.1:8080',
      pointChargeMax: 1_000_000,
      pointBalanceMax: 10_000_000,
    });
    expect(Object.isFrozen(config)).to.equal(true);
  });

  it('derives what depends on another variable', () => {
    const config = loadCoreConfig({ ...env, REDIS_URL: 'redis://cache:1', GATEWAY_PORT: '9000' });
    expect(config.lockRedisUrls).to.deep.equal(['redis://cache:1']);
    expect(config.gatewayUrl).to.equal('http://127.0.0.1:9000');
  });

  it('takes 1, 3 or 5 lock nodes and no other number', () => {
    const urls = (count: number): string =>
      Array.from({ length: count }, (_, index) => `redis://lock-${index}:6379`).join(', ');
    for (const count of [1, 3, 5]) {
      const config = loadCoreConfig({ ...env, LOCK_REDIS_URLS: urls(count) });
      expect(config.lockRedisUrls).to.have.length(count);
    }
    for (const count of [2, 4, 6]) {
      expect(faultsOf({ ...env, LOCK_REDIS_URLS: urls(count) })).to.contain('LOCK_REDIS_URLS');
    }
    const twice = `${urls(2)}, redis://lock-0/1`;
    expect(faultsOf({ ...env, LOCK_REDIS_URLS: twice })).to.contain(
      '- LOCK_REDIS_URLS: must be different servers',
    );
  });

  it('names every fault at once and repeats no value', () => {
    const faults = faultsOf({
      DATABASE_URL: 'postgres://user:hunter2@host/db',
      CORE_PORT: '3000.5',
      HOLD_SECONDS: '0',
      LOCK_DOWN_POLICY: 'open',
      ACCESS_TOKEN_KEYS: setOf(generateSecretJwk()),
      ASSERTION_KEYS: setOf({ kty: 'oct', kid: 'a', k: 'c2hvcnQ' }),
    });
    for (const name of [
      'DATABASE_URL',
      'CORE_PORT',
      'HOLD_SECONDS',
      'LOCK_DOWN_POLICY',
      'ACCESS_TOKEN_KEYS',
      'ASSERTION_KEYS',
    ]) {
      expect(faults).to.contain(`- ${name}:`);
    }
    expect(faults).not.to.contain('hunter2');
    expect(faults).not.to.contain('c2hvcnQ');
  });

  it('refuses a key that serves two purposes, and one that nobody drew', () => {
    const production = { ...env, NODE_ENV: 'production', PAYMENT_PROVIDER: 'webhook' };
    expect(faultsOf({ ...production, PAYMENT_WEBHOOK_KEYS: env.ASSERTION_KEYS })).to.contain(
      '- PAYMENT_WEBHOOK_KEYS: has a key of ASSERTION_KEYS',
    );
    expect(faultsOf({ ...env, TICKET_KEYS: env.ACCESS_TOKEN_KEYS })).to.contain(
      '- TICKET_KEYS: has a key of ACCESS_TOKEN_KEYS',
    );
    const typed = Buffer.from('changeme'.repeat(4)).toString('base64url');
    const weak = setOf({ kty: 'oct', kid: 'a', k: typed });
    expect(faultsOf({ ...production, PAYMENT_WEBHOOK_KEYS: weak })).to.contain(
      '- PAYMENT_WEBHOOK_KEYS: has a key that was not drawn at random',
    );
  });

  it('takes money for nothing only outside production', () => {
    expect(loadCoreConfig(env).paymentProvider).to.equal('sandbox');
    const production = { ...env, NODE_ENV: 'production' };
    expect(faultsOf(production)).to.contain('- PAYMENT_PROVIDER: ');
    expect(faultsOf({ ...production, PAYMENT_PROVIDER: 'sandbox' })).to.contain(
      '- PAYMENT_PROVIDER: must be webhook in production',
    );
    const webhook = { ...production, PAYMENT_PROVIDER: 'webhook' };
    expect(faultsOf(webhook)).to.contain('- PAYMENT_WEBHOOK_KEYS: ');
    const keys = { PAYMENT_WEBHOOK_KEYS: setOf(generateSecretJwk()) };
    expect(loadCoreConfig({ ...webhook, ...keys }).paymentProvider).to.equal('webhook');
  });

  it('has a line in the table for every variable it reads', () => {
    const read = new Set<string>();
    const recorder = new Proxy(env as Record<string, string | undefined>, {
      get: (target, name) => {
        if (typeof name === 'string') read.add(name);
        return target[String(name)];
      },
    });
    loadCoreConfig(recorder);
    // GATEWAY_PORT is the gateway's own; here it only makes a default.
    read.delete('GATEWAY_PORT');
    expect(coreVariables.map(({ name }) => name)).to.have.members([...read]);
  });
});
