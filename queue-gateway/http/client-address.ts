import type { IncomingMessage } from 'node:http';
import { BlockList, isIP } from 'node:net';
import { LRUCache } from 'lru-cache';

/**
 * The address a request comes from. `X-Forwarded-For` is read only as far as it was written by
 * proxies of ours: from the right, hop by hop, while the one who added it is trusted. The first
 * that is not trusted is the caller; what stands left of it anybody could have made up.
 */
export type ClientAddress = (incoming: IncomingMessage) => string;

const maxHops = 16;
const mappedIpv4 = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i;

/** `::ffff:1.2.3.4` as `1.2.3.4`; one writing for one address. */
export const plainAddress = (address: string): string => mappedIpv4.exec(address)?.[1] ?? address;

export function isTrusted(trusted: BlockList, address: string): boolean {
  const version = isIP(address);
  return version !== 0 && trusted.check(address, version === 4 ? 'ipv4' : 'ipv6');
}

/**
 * Addresses and networks (`10.0.0.0/8`) as a list to check against.
 * @throws Error naming the first that is neither.
 */
export function toBlockList(networks: readonly string[]): BlockList {
  const list = new BlockList();
  for (const network of networks) {
    const [address = '', prefix] = network.split('/');
    const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
    const bits = prefix === undefined ? undefined : Number(prefix);
    if (isIP(address) === 0 || (prefix !== undefined && !/^\d{1,3}$/.test(prefix)))
      throw new Error(`${network} is no address and no network`);
    if (bits === undefined) list.addAddress(address, family);
    else list.addSubnet(address, bits, family);
  }
  return list;
}

/** Proxies are few and ask all the time, and a look into the list makes an object of node's own. */
const maxPeers = 1_000;

export function createClientAddress(trusted: BlockList): ClientAddress {
  const peers = new LRUCache<string, boolean>({ max: maxPeers });
  function isTrustedPeer(address: string): boolean {
    const known = peers.get(address);
    if (known !== undefined) return known;
    const answer = isTrusted(trusted, address);
    peers.set(address, answer);
    return answer;
  }

  return function clientAddress(incoming) {
    let address = plainAddress(incoming.socket.remoteAddress ?? '');
    const header = incoming.headers['x-forwarded-for'];
    if (typeof header !== 'string' || !isTrustedPeer(address)) return address;
    const hops = header.split(',').slice(-maxHops).reverse();
    for (const [at, hop] of hops.entries()) {
      const given = plainAddress(hop.trim());
      if (isIP(given) === 0) return address;
      address = given;
      if (at < hops.length - 1 && !isTrusted(trusted, address)) return address;
    }
    return address;
  };
}

/**
 * What a limit counts by: an IPv6 caller has at least a /64 of addresses to itself (RFC 6177), so
 * the network is counted and not the address.
 */
export function limitKeyOf(address: string): string {
  if (isIP(address) !== 6) return address;
  const [head = '', tail] = address.split('%')[0]?.split('::') ?? [];
  const left = head === '' ? [] : head.split(':');
  const right = tail === undefined || tail === '' ? [] : tail.split(':');
  const zeros = tail === undefined ? 0 : 8 - left.length - right.length;
  const groups = [...left, ...Array.from({ length: zeros }, () => '0'), ...right];
  return `${groups
    .slice(0, 4)
    .map((group) => group.replace(/^0+(?=.)/, '').toLowerCase())
    .join(':')}::/64`;
}
