import type { Dice } from './dice.ts';
import { clearWeather, type Fault, type Weather } from './fault.ts';
import type { RelayAddress } from './relay.ts';
import { createTcpProxy, type TcpProxy } from './tcp.ts';
import { createUdpProxy, type UdpProxy } from './udp.ts';

/** What both proxies of a link look at, for each piece that passes. */
export interface Conditions {
  weather: Weather;
  bytesPerSecond: number;
  /** TCP holds everything until then, UDP loses it; `performance.now()`. */
  stalledUntil: number;
  refused: boolean;
  /** New TCP connections stand, and carry nothing. */
  holed: boolean;
  udpClosed: boolean;
  onlyHttp: boolean;
}

/** One reader's way to the relay: a TCP and a UDP proxy on the same port number, so that discovery can name both by one. */
export interface Link {
  readonly url: string;
  readonly port: number;
  readonly datagrams: UdpProxy['datagrams'];
  /** Begins the fault; returns its end where it lasts. */
  apply(fault: Fault): () => void;
  /** `undefined` while the relay is down. */
  lead(to: RelayAddress | undefined): void;
  /** Clear weather. */
  heal(): void;
  close(): Promise<void>;
}

export async function createLink(weather: Weather, dice: Dice): Promise<Link> {
  const conditions: Conditions = { weather, ...openConditions() };
  const { tcp, udp } = await pair(conditions, dice);

  const apply = (fault: Fault): (() => void) => {
    switch (fault.type) {
      case 'reset':
        tcp.reset();
        udp.forget();
        return done;
      case 'truncate':
        tcp.truncate(fault.afterBytes);
        udp.bury();
        return done;
      case 'half-close':
        tcp.halfClose(fault.side);
        return done;
      case 'black-hole':
        tcp.bury();
        udp.bury();
        Object.assign(conditions, { udpClosed: true, holed: true });
        return () => Object.assign(conditions, { udpClosed: false, holed: false });
      case 'stall':
        conditions.stalledUntil = performance.now() + fault.forMs;
        return done;
      case 'refuse':
        tcp.reset();
        udp.bury();
        Object.assign(conditions, { refused: true, udpClosed: true });
        return () => Object.assign(conditions, { refused: false, udpClosed: false });
      case 'throttle':
        conditions.bytesPerSecond = fault.bytesPerSecond;
        return () => Object.assign(conditions, { bytesPerSecond: Number.POSITIVE_INFINITY });
      case 'storm':
        conditions.weather = fault.weather;
        return () => Object.assign(conditions, { weather });
      case 'no-udp':
        udp.bury();
        conditions.udpClosed = true;
        return () => Object.assign(conditions, { udpClosed: false });
      case 'only-http':
        udp.bury();
        tcp.reset();
        Object.assign(conditions, { udpClosed: true, onlyHttp: true });
        return () => Object.assign(conditions, { udpClosed: false, onlyHttp: false });
    }
  };

  return {
    url: `http://127.0.0.1:${tcp.port}/`,
    port: tcp.port,
    datagrams: udp.datagrams,
    apply,
    lead(to) {
      tcp.target = to?.port;
      udp.target = to?.quicPort;
      if (to === undefined) tcp.reset();
    },
    heal: () => Object.assign(conditions, { weather: clearWeather, ...openConditions() }),
    async close() {
      await tcp.close();
      await udp.close();
    },
  };
}

/** Nothing is in the way. */
export function openConditions(): Omit<Conditions, 'weather'> {
  return { bytesPerSecond: Number.POSITIVE_INFINITY, stalledUntil: 0, refused: false, holed: false, udpClosed: false, onlyHttp: false };
}

/** Another program may have the UDP port of the number. */
async function pair(conditions: Conditions, dice: Dice): Promise<{ tcp: TcpProxy; udp: UdpProxy }> {
  for (;;) {
    const tcp = await createTcpProxy(conditions, dice.fork('tcp'));
    try {
      return { tcp, udp: await createUdpProxy(tcp.port, conditions, dice.fork('udp')) };
    } catch {
      await tcp.close();
    }
  }
}

function done(): void {}
