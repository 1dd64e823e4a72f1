import { WebTransport } from 'rwebtransport';
import type { Discovery } from '../../server/http/discovery.ts';
import { frameMessage, MessageReader } from '../../server/transports/framing.ts';
import type { ConnectOptions, Wire } from './connect.ts';
import type { Inbox } from './inbox.ts';

const MAX_MESSAGE_BYTES = 67_108_864;

export async function openWebTransport(relayUrl: string, { headers = {}, origin }: ConnectOptions, inbox: Inbox): Promise<Wire> {
  const response = await fetch(new URL('/v1/connect', relayUrl));
  const { webtransport } = ((await response.json()) as Discovery).endpoints;
  if (webtransport === undefined) throw new Error('The relay offers no WebTransport.');
  const session = new WebTransport(webtransport.url, {
    headers,
    serverCertificateHashes: webtransport.certificateHashes.map((hash) => ({ algorithm: 'sha-256', value: Buffer.from(hash, 'base64') })),
    ...(origin === undefined ? {} : { origin }),
  });
  session.closed.then(
    ({ closeCode, reason }) => inbox.end({ code: closeCode, reason }),
    (cause: unknown) => inbox.end({ code: undefined, reason: String(cause) }),
  );
  await session.ready;
  let paused: Promise<void> | undefined;
  let resume = (): void => {};
  const read = async (stream: ReadableStream<Uint8Array>): Promise<void> => {
    const messages = new MessageReader(MAX_MESSAGE_BYTES);
    const reader = stream.getReader();
    for (;;) {
      await paused;
      const { value } = await reader.read();
      if (value === undefined) return;
      for (const message of messages.push(value)) inbox.receive(message);
    }
  };
  // A session that is refused ends before it has a stream.
  const control = await session.createBidirectionalStream().catch(() => undefined);
  const writer = control?.writable.getWriter();
  writer?.closed.catch(() => {});
  if (control !== undefined) read(control.readable).catch(() => {});
  (async () => {
    for await (const stream of session.incomingUnidirectionalStreams) read(stream).catch(() => {});
  })().catch(() => {});
  return {
    send: (message) => void writer?.write(frameMessage(message)).catch(() => {}),
    pause() {
      paused ??= new Promise((wake) => {
        resume = wake;
      });
    },
    resume() {
      paused = undefined;
      resume();
    },
    close: () => session.close(),
  };
}
