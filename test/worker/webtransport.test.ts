import { WebTransport } from 'rwebtransport';
import { expect, onTestFinished, test, vi } from 'vitest';
import { inFiles, makeCertificate } from '../../server/transports/certificate.ts';
import { loadQuic, type QuicSession } from '../../server/transports/quic.ts';
import { decodeServerMessage, encodeServerFrame, type StreamError } from '../../src/wire/index.ts';
import { platformEnv } from '../../src/worker/environment.ts';
import type { Link } from '../../src/worker/transports/link.ts';
import { prefixed } from '../../src/worker/transports/prefix.ts';
import { openWebTransport } from '../../src/worker/transports/webtransport.ts';

vi.setConfig({ testTimeout: 30_000 });

const eventually = (check: () => void): Promise<void> => vi.waitFor(check, { timeout: 10_000, interval: 5 });
const env = { ...platformEnv(), WebTransport: WebTransport as unknown as typeof globalThis.WebTransport };
const ping = (nonce: number): Uint8Array => encodeServerFrame({ type: 'ping', nonce });

/** A link to a server of the test's own, and the server's end of it. */
async function connected(): Promise<{ link: Link; session: QuicSession; nonces: number[]; errors: (StreamError | undefined)[] }> {
  const quic = await loadQuic();
  if ('missing' in quic) throw new Error(quic.missing);
  const certificate = makeCertificate();
  const server = await inFiles(certificate, (files) => quic.listen({ host: '127.0.0.1', port: 0, ...files }));
  onTestFinished(() => server.close());
  const nonces: number[] = [];
  const errors: (StreamError | undefined)[] = [];
  const opened = vi.fn();
  const link = openWebTransport(
    {
      url: `https://127.0.0.1:${server.port}/v1/webtransport`,
      certificateHashes: [Uint8Array.from(Buffer.from(certificate.hash, 'base64'))],
    },
    {
      opened,
      heard: () => {},
      message: (message) => {
        for (const frame of decodeServerMessage(message)) if (frame.type === 'ping') nonces.push(frame.nonce);
      },
      ended: (error) => errors.push(error),
    },
    env,
  );
  onTestFinished(() => link.close());
  const { value: session } = await server.sessions.getReader().read();
  if (session === undefined) throw new Error('no session');
  session.closed.catch(() => {});
  await eventually(() => expect(opened).toHaveBeenCalledOnce());
  return { link, session, nonces, errors };
}

test('[CN12] every stream is read to its end, so that none holds up the session', async () => {
  const { session, nonces, errors } = await connected();
  const message = prefixed(new Uint8Array([...ping(1), ...new Uint8Array(ping(1))]));
  // More than a session's flow control lets through unread, on streams nobody has asked for.
  const filler = prefixed(new Uint8Array(Array.from({ length: 4_000 }, () => [...ping(2)]).flat()));
  for (let stream = 0; stream < 8; stream += 1) {
    const writer = (await session.createUnidirectionalStream()).getWriter();
    for (let count = 0; count < 200; count += 1) await writer.write(filler);
    await writer.write(message);
    // Neither ended nor reset: it stays open, as a channel's does.
  }
  await eventually(() => expect(nonces.filter((nonce) => nonce === 1).length).toBe(16));
  expect(errors).toEqual([]);
});

test('[CN12] a stream that is reset ends nothing but itself', async () => {
  const { session, nonces, errors } = await connected();
  const reset = (await session.createUnidirectionalStream()).getWriter();
  await reset.write(prefixed(ping(1)));
  await eventually(() => expect(nonces).toEqual([1]));
  await reset.abort(new Error('over'));
  const other = (await session.createUnidirectionalStream()).getWriter();
  await other.write(prefixed(ping(2)));
  await eventually(() => expect(nonces).toEqual([1, 2]));
  expect(errors).toEqual([]);
});

test('[CN8] [CN12] the reason a session is closed with is the error', async () => {
  const { session, errors } = await connected();
  session.close({ closeCode: 4403, reason: 'origin_refused' });
  await eventually(() => expect(errors.map((error) => error?.code)).toEqual(['origin_refused']));
});

test('[CN12] a stream that makes no sense ends the connection with bad_frame', async () => {
  const { session, errors } = await connected();
  const writer = (await session.createUnidirectionalStream()).getWriter();
  await writer.write(new Uint8Array([255, 255, 255, 255]));
  await eventually(() => expect(errors.map((error) => error?.code)).toEqual(['bad_frame']));
});
