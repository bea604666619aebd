import type { RedisOptions } from 'ioredis';

export interface HostPort {
  host: string;
  port: number;
}

type Login = Pick<RedisOptions, 'username' | 'password' | 'tls'>;

/** Where a Redis is, and how to get in. */
export type RedisAddress =
  | { kind: 'single'; url: string }
  | { kind: 'cluster'; nodes: HostPort[]; login: Login }
  | {
      kind: 'sentinel';
      sentinels: HostPort[];
      /** Of the primary, as the sentinels know it. */
      name: string;
      db: number;
      login: Login;
      sentinelPassword: string | undefined;
    };

const form =
  /^(rediss?)-(cluster|sentinel):\/\/(?:([^@/]*)@)?([^@/?]+)(?:\/([^/?]*))?(?:\/(\d+))?(?:\?(.*))?$/;
const ports = { cluster: 6_379, sentinel: 26_379 };

function toHostPort(text: string, usualPort: number): HostPort {
  const { hostname, port } = new URL(`redis://${text}`);
  if (hostname === '') throw new Error('a host is empty');
  // Brackets are for URLs alone (RFC 3986 §3.2.2).
  return { host: hostname.replace(/^\[|\]$/g, ''), port: port === '' ? usualPort : Number(port) };
}

function toLogin(protocol: string, text = ''): Login {
  const [user = '', ...rest] = text.split(':');
  const login: Login = protocol === 'rediss' ? { tls: {} } : {};
  if (user !== '') login.username = decodeURIComponent(user);
  if (rest.length > 0) login.password = decodeURIComponent(rest.join(':'));
  return login;
}

/**
 * Reads one of
 *
 *     redis://user:password@host:6379/0               one server, `rediss` for TLS
 *     redis-cluster://user:password@h1:7001,h2:7002   some nodes of a cluster; the rest is found
 *     redis-sentinel://user:password@h1,h2:26379/mymaster/0?sentinelPassword=…
 *
 * @throws Error, without a word of the text, which has a password in it.
 */
export function parseRedisUrl(text: string): RedisAddress {
  if (/^rediss?:\/\//.test(text) && URL.canParse(text)) return { kind: 'single', url: text };
  const found = form.exec(text);
  const [, protocol = '', kind, login, hosts = '', name = '', db = '0', query = ''] = found ?? [];
  if (kind !== 'cluster' && kind !== 'sentinel') throw new Error('not the address of a Redis');
  const nodes = hosts.split(',').map((host) => toHostPort(host, ports[kind]));
  if (kind === 'cluster') return { kind, nodes, login: toLogin(protocol, login) };
  if (name === '') throw new Error('the sentinels are not told which primary');
  return {
    kind,
    sentinels: nodes,
    name: decodeURIComponent(name),
    db: Number(db),
    login: toLogin(protocol, login),
    sentinelPassword: new URLSearchParams(query).get('sentinelPassword') ?? undefined,
  };
}
