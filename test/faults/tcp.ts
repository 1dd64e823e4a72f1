import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import type { Dice } from './dice.ts';
import type { Conditions } from './link.ts';

/** Held in one direction of one connection at most; beyond it the sender is held back, as by a full window. */
const HELD_BYTES = 65_536;

export interface TcpProxy {
  readonly port: number;
  readonly connections: number;
  /** Where new connections lead; `undefined` while nothing listens there. */
  target: number | undefined;
  reset(): void;
  /** Ends each connection after so many more bytes from the relay. */
  truncate(afterBytes: number): void;
  halfClose(side: 'client' | 'relay'): void;
  /** Connections there are carry nothing any more, and stay open. */
  bury(): void;
  close(): Promise<void>;
}

/** A path for TCP. Bytes keep their order and are never doubled: that TCP guarantees, whatever the network does. */
export async function createTcpProxy(conditions: Conditions, dice: Dice): Promise<TcpProxy> {
  const paths = new Set<Path>();
  let target: number | undefined;
  let accepted = 0;
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (near) => {
    accepted += 1;
    if (target === undefined || conditions.refused) {
      near.on('error', () => {});
      near.resetAndDestroy();
      return;
    }
    const path = new Path(near, target, conditions, dice.fork(`connection ${accepted}`), () => paths.delete(path));
    paths.add(path);
    if (conditions.holed) path.bury();
  });
  await listen(server);
  return {
    port: (server.address() as AddressInfo).port,
    get connections() {
      return paths.size;
    },
    get target() {
      return target;
    },
    set target(port) {
      target = port;
    },
    reset: () => each(paths, (path) => path.reset()),
    truncate: (afterBytes) => each(paths, (path) => path.truncate(afterBytes)),
    halfClose: (side) => each(paths, (path) => path.halfClose(side)),
    bury: () => each(paths, (path) => path.bury()),
    async close() {
      each(paths, (path) => path.reset());
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

class Path {
  readonly #near: Socket;
  readonly #far: Socket;
  readonly #up: Pipe;
  readonly #down: Pipe;
  #buried = false;

  constructor(near: Socket, target: number, conditions: Conditions, dice: Dice, gone: () => void) {
    this.#near = near;
    this.#far = connect({ port: target, host: '127.0.0.1', allowHalfOpen: true, noDelay: true });
    this.#up = new Pipe(near, this.#far, conditions, dice.fork('up'));
    this.#down = new Pipe(this.#far, near, conditions, dice.fork('down'));
    near.once('data', (first: Buffer) => {
      if (conditions.onlyHttp && first.toString('latin1', 0, 16).startsWith('GET /v1/socket')) this.reset();
    });
    let open = 2;
    for (const [socket, other] of [
      [near, this.#far],
      [this.#far, near],
    ] as const) {
      // Of a buried path neither end learns what becomes of the other.
      socket.on('error', () => {
        if (!this.#buried) other.resetAndDestroy();
      });
      socket.on('close', () => {
        open -= 1;
        if (open === 0) gone();
      });
    }
  }

  reset(): void {
    this.#up.stop();
    this.#down.stop();
    this.#near.resetAndDestroy();
    this.#far.resetAndDestroy();
  }

  truncate(afterBytes: number): void {
    this.#down.endAfter(afterBytes, () => {
      this.#up.stop();
      this.#near.destroySoon();
      this.#far.destroy();
    });
  }

  halfClose(side: 'client' | 'relay'): void {
    if (this.#buried) return;
    (side === 'client' ? this.#up : this.#down).finish();
  }

  bury(): void {
    this.#buried = true;
    this.#up.stop();
    this.#down.stop();
  }
}

/** One direction: holds what comes until it is due, in order. */
class Pipe {
  readonly #from: Socket;
  readonly #to: Socket;
  readonly #conditions: Conditions;
  readonly #dice: Dice;
  readonly #held: { readonly at: number; readonly bytes: Buffer | undefined }[] = [];
  #heldBytes = 0;
  #lastAt = 0;
  #timer: NodeJS.Timeout | undefined;
  #stopped = false;
  #left = Number.POSITIVE_INFINITY;
  #atEnd = (): void => {};

  constructor(from: Socket, to: Socket, conditions: Conditions, dice: Dice) {
    this.#from = from;
    this.#to = to;
    this.#conditions = conditions;
    this.#dice = dice;
    from.on('data', (bytes: Buffer) => this.#take(bytes));
    from.on('end', () => this.#hold(undefined));
  }

  /** Swallows what comes from now on, and what is held. */
  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
    this.#held.length = 0;
    this.#heldBytes = 0;
    this.#from.resume();
  }

  endAfter(bytes: number, atEnd: () => void): void {
    this.#left = bytes;
    this.#atEnd = atEnd;
  }

  /** Says that nothing more comes, although it does. */
  finish(): void {
    this.stop();
    this.#to.end();
  }

  #take(bytes: Buffer): void {
    const { pieceBytes } = this.#conditions.weather;
    if (this.#stopped) return;
    if (pieceBytes === 0) this.#hold(bytes);
    else {
      for (let from = 0; from < bytes.length; ) {
        const to = from + this.#dice.between(1, pieceBytes);
        this.#hold(bytes.subarray(from, to));
        from = to;
      }
    }
    if (this.#heldBytes > HELD_BYTES) this.#from.pause();
  }

  #hold(bytes: Buffer | undefined): void {
    if (this.#stopped) return;
    const { weather, bytesPerSecond, stalledUntil } = this.#conditions;
    const now = performance.now();
    const spent = (1000 * (bytes?.length ?? 0)) / bytesPerSecond;
    const delay = weather.delayMs + this.#dice.next() * weather.jitterMs;
    this.#lastAt = Math.max(this.#lastAt + spent, now + delay, stalledUntil);
    this.#held.push({ at: this.#lastAt, bytes });
    this.#heldBytes += bytes?.length ?? 0;
    this.#release();
  }

  #release(): void {
    const now = performance.now();
    for (let next = this.#held[0]; next !== undefined && next.at <= now; next = this.#held[0]) {
      this.#held.shift();
      this.#heldBytes -= next.bytes?.length ?? 0;
      this.#pass(next.bytes);
    }
    const next = this.#held[0];
    clearTimeout(this.#timer);
    if (next !== undefined) this.#timer = setTimeout(() => this.#release(), Math.max(1, next.at - now));
    if (this.#heldBytes <= HELD_BYTES / 2) this.#from.resume();
  }

  #pass(bytes: Buffer | undefined): void {
    if (bytes === undefined) {
      this.#to.end();
      return;
    }
    if (this.#to.writable) this.#to.write(bytes.subarray(0, this.#left));
    this.#left -= bytes.length;
    if (this.#left > 0) return;
    this.stop();
    this.#atEnd();
  }
}

function each(paths: Iterable<Path>, act: (path: Path) => void): void {
  for (const path of [...paths]) act(path);
}

function listen(server: Server): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
}
