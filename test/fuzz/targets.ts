import { readJson } from '../../server/http/body.ts';
import { parseCreateBody } from '../../server/http/schema.ts';
import type { RelayCore } from '../../server/relay/relay.ts';
import { MessageReader } from '../../server/transports/framing.ts';
import type { Connection, Delivery, Peer } from '../../server/transports/peer.ts';
import {
  decodeClientMessage,
  decodeServerMessage,
  encodeClientFrame,
  PROTOCOL_VERSION,
  StreamError,
  wireLimits,
} from '../../src/wire/index.ts';
import { bodyCorpus, clientCorpus, framedCorpus, serverCorpus } from './corpus.ts';
import type { Random } from './random.ts';

/** What takes mutated input. */
export interface Target {
  readonly corpus: readonly Uint8Array[];
  /** The codes it may answer with, besides `accepted`. */
  readonly codes: readonly string[];
  /** What comes of it: `accepted`, or a code. Whatever it throws is a fault in Sluice. */
  take(input: Uint8Array, random: Random): string | Promise<string>;
}

/** What the page does with what comes from the relay. */
export const serverDecoder: Target = {
  corpus: serverCorpus,
  codes: ['bad_frame'],
  take: (input) => codeOf(() => decodeServerMessage(input)),
};

/** A WebTransport stream that is cut anywhere, and what is in it. */
export const framing: Target = {
  corpus: framedCorpus,
  codes: ['bad_frame', 'frame_too_large'],
  take: (input, random) =>
    codeOf(() => {
      const reader = new MessageReader(wireLimits.maxClientMessageBytes);
      for (let at = 0; at < input.length; ) {
        const end = at + 1 + random.below(16);
        for (const message of reader.push(input.subarray(at, end))) decodeClientMessage(message);
        at = end;
      }
    }),
};

/** The body of a request for a stream. */
export const createBody: Target = {
  corpus: bodyCorpus,
  codes: ['bad_json', 'bad_request'],
  async take(input) {
    const request = new Request('http://127.0.0.1/', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: new Uint8Array(input),
    });
    try {
      parseCreateBody(await readJson(request, { maxBytes: 1_048_576, timeoutMs: 15_000 }));
      return 'accepted';
    } catch (cause) {
      if (cause instanceof StreamError) return cause.code;
      throw cause;
    }
  },
};

/** Whole sessions of a relay, half of which have said hello. `settle` when many have been given something. */
export function createSessions(core: RelayCore): Target & { settle(): Promise<void>; readonly ended: ReadonlyMap<string, number> } {
  const hello = encodeClientFrame({ type: 'hello', protocol: PROTOCOL_VERSION, credit: 100_000 });
  const ended = new Map<string, number>();
  let open: { readonly peer: SilentPeer; readonly connection: Connection }[] = [];
  return {
    corpus: clientCorpus,
    codes: ['bad_frame', 'frame_too_large', 'hello_expected', 'protocol_version', 'rate_limited'],
    ended,
    take(input, random) {
      const peer = new SilentPeer();
      const connection = core.accept(peer, {
        transport: 'websocket',
        headers: new Headers(),
        origin: undefined,
        remoteAddress: '127.0.0.1',
      });
      if (random.below(2) === 0) connection.receive(hello);
      connection.receive(input);
      open.push({ peer, connection });
      return 'accepted';
    },
    /** Lets what waits for `authenticate` go on; then everybody leaves. */
    async settle() {
      await new Promise((resolve) => setImmediate(resolve));
      for (const { peer, connection } of open) {
        ended.set(peer.code, (ended.get(peer.code) ?? 0) + 1);
        connection.closed();
      }
      open = [];
    },
  };
}

class SilentPeer implements Peer {
  readonly transport = 'websocket' as const;
  readonly bufferedBytes = 0;
  code = 'accepted';
  send(): void {}
  deliver(_deliveries: readonly Delivery[]): void {}
  release(): void {}
  close(reason?: StreamError): void {
    this.code = reason?.code ?? 'closed';
  }
}

function codeOf(work: () => void): string {
  try {
    work();
    return 'accepted';
  } catch (cause) {
    if (cause instanceof StreamError) return cause.code;
    throw cause;
  }
}
