import { createSocket, type Socket } from 'node:dgram';
import type { Dice } from './dice.ts';
import type { Conditions } from './link.ts';

/** Bytes a throttled path keeps in its queue; what comes beyond is lost, as at a router. */
const QUEUE_BYTES = 65_536;

export interface UdpProxy {
  readonly port: number;
  target: number | undefined;
  readonly datagrams: { passed: number; dropped: number; doubled: number; overtaken: number; shortened: number };
  /** Forgets all flows: what comes next comes from another port, as behind a NAT that restarted. */
  forget(): void;
  /** Flows there are carry nothing any more. */
  bury(): void;
  close(): Promise<void>;
}

interface Flow {
  readonly far: Socket;
  readonly nearPort: number;
  buried: boolean;
}

/** A path for UDP on the port given, 0 for any: loses, doubles, shortens and reorders datagrams. Throws where the port is taken. */
export async function createUdpProxy(port: number, conditions: Conditions, dice: Dice): Promise<UdpProxy> {
  const near = createSocket('udp4');
  const flows = new Map<number, Flow>();
  const timers = new Set<NodeJS.Timeout>();
  const datagrams = { passed: 0, dropped: 0, doubled: 0, overtaken: 0, shortened: 0 };
  const queue = { up: { freeAt: 0 }, down: { freeAt: 0 } };
  let target: number | undefined;
  let closed = false;

  const later = (delayMs: number, send: () => void): void => {
    if (delayMs < 1) {
      send();
      return;
    }
    const timer = setTimeout(() => {
      timers.delete(timer);
      if (!closed) send();
    }, delayMs);
    timers.add(timer);
  };
  const carry = (bytes: Buffer, line: { freeAt: number }, send: (bytes: Buffer) => void): void => {
    const { weather, bytesPerSecond, udpClosed, stalledUntil } = conditions;
    const now = performance.now();
    const waits = Math.max(0, line.freeAt - now);
    const full = Number.isFinite(bytesPerSecond) && (waits * bytesPerSecond) / 1000 > QUEUE_BYTES;
    // Each is asked for, so that the next decision is the same whatever this one was.
    const [lost, short, twice, late] = [weather.dropped, weather.shortened, weather.doubled, weather.overtaken].map((share) =>
      dice.chance(share),
    );
    const delay = weather.delayMs + dice.next() * weather.jitterMs;
    if (udpClosed || stalledUntil > now || full || lost) {
      datagrams.dropped += 1;
      return;
    }
    line.freeAt = now + waits + (1000 * bytes.length) / bytesPerSecond;
    const whole = short ? bytes.subarray(0, Math.max(1, Math.floor(bytes.length * dice.next()))) : bytes;
    if (short) datagrams.shortened += 1;
    if (late) datagrams.overtaken += 1;
    datagrams.passed += 1;
    later(waits + delay + (late ? 5 + dice.next() * 20 : 0), () => send(whole));
    if (!twice) return;
    datagrams.doubled += 1;
    later(waits + delay + dice.next() * 10, () => send(whole));
  };
  const open = (nearPort: number): Flow => {
    const far = createSocket('udp4');
    const flow: Flow = { far, nearPort, buried: false };
    far.on('error', () => {});
    far.on('message', (bytes) => {
      if (flow.buried) return;
      carry(bytes, queue.down, (whole) => near.send(whole, nearPort, '127.0.0.1', ignore));
    });
    flows.set(nearPort, flow);
    return flow;
  };
  near.on('error', () => {});
  near.on('message', (bytes, { port: nearPort }) => {
    const flow = flows.get(nearPort) ?? open(nearPort);
    if (flow.buried) return;
    carry(bytes, queue.up, (whole) => {
      if (target !== undefined && flows.get(nearPort) === flow) flow.far.send(whole, target, '127.0.0.1', ignore);
    });
  });
  await new Promise<void>((resolve, reject) => {
    near.once('error', reject);
    near.bind(port, '127.0.0.1', resolve);
  });
  const forget = (): void => {
    for (const { far } of flows.values()) far.close();
    flows.clear();
  };
  return {
    port: near.address().port,
    datagrams,
    get target() {
      return target;
    },
    set target(to) {
      target = to;
    },
    forget,
    bury() {
      for (const flow of flows.values()) flow.buried = true;
    },
    async close() {
      closed = true;
      for (const timer of timers) clearTimeout(timer);
      forget();
      await new Promise<void>((resolve) => near.close(resolve));
    },
  };
}

/** A path says nothing of what it lost. */
function ignore(): void {}
