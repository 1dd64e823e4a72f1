import { StreamError } from '../../src/wire/index.ts';

/** Where clients reach what listens somewhere else: behind a load balancer, in a container. */
export interface AnnouncedAddress {
  /** Name or address, IPv6 in brackets. @default the host the page asked the relay by */
  readonly host?: string;
  /** UDP port. @default the one that is bound */
  readonly port?: number;
}

/** Of so many ports that one is the first. @throws {StreamError} `bad_option` */
export function checkAnnounced({ host, port }: AnnouncedAddress, ports: number = 1): void {
  const most = 65_536 - ports;
  if (port !== undefined && !(Number.isInteger(port) && port > 0 && port <= most)) {
    throw new StreamError('bad_option', `createRelay: webTransport.announce.port is ${port}; it must be a number from 1 to ${most}.`);
  }
  if (host !== undefined && (!/^[^\s/?#@:[\]]+$|^\[[0-9a-f:.]+\]$/i.test(host) || !URL.canParse(`https://${host}/`))) {
    throw new StreamError(
      'bad_option',
      `createRelay: webTransport.announce.host is ${host}; it must be a name or an address, without a port, IPv6 in brackets.`,
    );
  }
}
