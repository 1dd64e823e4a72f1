import { isIP } from 'node:net';

/**
 * Whose request it is where it came through so many proxies, each of which appends to `X-Forwarded-For` the address it was reached from.
 * What stands in front of theirs the client may have written itself. Where they said nothing that is an address it is the socket's.
 */
export function clientAddress(socketAddress: string, headers: Headers, trustedProxies: number): string {
  if (trustedProxies === 0) return socketAddress;
  const hops = (headers.get('x-forwarded-for') ?? '').split(',').slice(-trustedProxies);
  const address = bare((hops[0] ?? '').trim());
  return isIP(address) === 0 ? socketAddress : address;
}

/** Some proxies add the port, and then an IPv6 address is in brackets. */
function bare(hop: string): string {
  return hop.replace(/^\[(.*)\](:\d+)?$/, '$1').replace(/^([\d.]+):\d+$/, '$1');
}
