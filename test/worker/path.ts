import { createSocket, type Socket as UdpSocket } from 'node:dgram';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

export interface TcpPath {
  readonly port: number;
  /** Bytes that came through, of all connections. */
  readonly passed: { up: number; down: number };
  /** Upgrades to WebSocket are cut off from now on, and connections there are end. */
  onlyHttp(): void;
  close(): void;
}

/** Where to cut all connections: when so many bytes in all have passed one way. Ascending. */
export interface Cuts {
  readonly up?: readonly number[];
  readonly down?: readonly number[];
  /** By a reset, which may overtake what was sent last, or by an end in order. */
  readonly how: 'reset' | 'end';
}

/** A TCP path to `port` that breaks exactly where it is told to. */
export async function tcpPath(port: number, cuts: Cuts = { how: 'end' }): Promise<TcpPath> {
  const left = { up: [...(cuts.up ?? [])], down: [...(cuts.down ?? [])] };
  const passed = { up: 0, down: 0 };
  const open = new Set<Socket>();
  let onlyHttp = false;
  const cut = (): void => {
    for (const socket of open) {
      if (cuts.how === 'reset') socket.resetAndDestroy();
      else socket.destroySoon();
    }
  };
  const carry = (from: Socket, to: Socket, way: 'up' | 'down'): void => {
    from.on('data', (bytes: Buffer) => {
      const next = left[way][0] ?? Number.POSITIVE_INFINITY;
      const room = next - passed[way];
      if (from.destroyed) return;
      if (to.writable && room > 0) to.write(bytes.subarray(0, room));
      passed[way] += Math.min(bytes.length, room);
      if (passed[way] < next) return;
      left[way].shift();
      cut();
    });
  };
  const server = createServer({ noDelay: true }, (near) => {
    const far = connect({ port, host: '127.0.0.1', noDelay: true });
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      open.add(from);
      from.on('error', () => {});
      from.on('close', () => {
        open.delete(from);
        to.destroySoon();
      });
    }
    // Any request of a kept connection may be the upgrade.
    near.on('data', (bytes: Buffer) => {
      if (onlyHttp && bytes.toString('latin1', 0, 16).startsWith('GET /v1/socket')) near.resetAndDestroy();
    });
    carry(near, far, 'up');
    carry(far, near, 'down');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    passed,
    onlyHttp() {
      onlyHttp = true;
      for (const socket of open) socket.destroy();
    },
    close() {
      server.close();
      for (const socket of open) socket.destroy();
    },
  };
}

export interface UdpPath {
  readonly port: number;
  /** Datagrams that came through. */
  readonly passed: number;
  /** Nothing comes through any more, and nobody is told. */
  swallow(): void;
  close(): void;
}

/** A UDP path to `port`. Of the first flow nothing passes after `datagrams` of them; later flows are whole. */
export async function udpPath(port: number, datagrams = Number.POSITIVE_INFINITY): Promise<UdpPath> {
  const near = createSocket('udp4');
  const flows = new Map<number, UdpSocket>();
  let passed = 0;
  let swallowed = false;
  let closed = false;
  const first = (): number | undefined => flows.keys().next().value;
  const passes = (flow: number): boolean => {
    if (swallowed || closed || (flow === first() && passed >= datagrams)) return false;
    passed += 1;
    return true;
  };
  near.on('message', (bytes, { port: from }) => {
    let far = flows.get(from);
    if (far === undefined) {
      far = createSocket('udp4');
      far.on('error', () => {});
      far.on('message', (answer) => {
        if (passes(from)) near.send(answer, from, '127.0.0.1', () => {});
      });
      flows.set(from, far);
    }
    if (passes(from)) far.send(bytes, port, '127.0.0.1', () => {});
  });
  await new Promise<void>((resolve) => near.bind(0, '127.0.0.1', resolve));
  return {
    port: near.address().port,
    get passed() {
      return passed;
    },
    swallow() {
      swallowed = true;
    },
    close() {
      if (closed) return;
      closed = true;
      near.close();
      for (const far of flows.values()) far.close();
    },
  };
}
