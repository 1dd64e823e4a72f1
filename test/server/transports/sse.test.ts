import { describe, expect, onTestFinished, test, vi } from 'vitest';
import type { Connection } from '../../../server/transports/peer.ts';
import { createSseTransport, MESSAGE_TYPE } from '../../../server/transports/sse.ts';
import { encodeClientFrame, wireLimits } from '../../../src/wire/index.ts';
import { connectClient } from '../../support/connect.ts';
import { startRelay } from '../../support/relay.ts';
import { testTransport } from './transport.contract.ts';

const hello = (credentials: string): Uint8Array<ArrayBuffer> =>
  new Uint8Array(encodeClientFrame({ type: 'hello', protocol: 1, credit: 1_000, credentials }));
const ping = new Uint8Array(encodeClientFrame({ type: 'ping', nonce: 1 }));

describe('SSE', () => {
  testTransport('sse');

  test('[CN13] the response is an event stream that nobody on the way may keep or change', async () => {
    const { url } = await startRelay();
    const abort = new AbortController();
    onTestFinished(() => abort.abort());
    const response = await fetch(new URL('/v1/sse', url), {
      method: 'POST',
      headers: { 'content-type': MESSAGE_TYPE },
      body: hello('me'),
      signal: abort.signal,
    });
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('text/event-stream');
    expect(response.headers.get('cache-control')).toBe('no-cache, no-transform');
    expect(response.headers.get('x-accel-buffering')).toBe('no');
    const text = new TextDecoder();
    let seen = '';
    for await (const chunk of response.body ?? []) {
      seen += text.decode(chunk, { stream: true });
      if (seen.includes('data: ')) break;
    }
    expect(seen).toMatch(/^:\n\ndata: [A-Za-z0-9+/]+=*\n\n$/);
  });

  test('[CN13] a session takes messages of the principal that opened it only', async () => {
    const { url } = await startRelay({ authenticate: ({ credentials }) => (credentials === undefined ? undefined : { id: credentials }) });
    const client = await connectClient('sse', url);
    client.hello({ credentials: 'ada' });
    const { session } = await client.first('welcome');
    const post = async (id: string, credentials: string): Promise<[number, string | undefined]> => {
      const response = await fetch(new URL(`/v1/sse/${id}`, url), {
        method: 'POST',
        headers: { 'content-type': MESSAGE_TYPE, authorization: `Bearer ${credentials}` },
        body: ping,
      });
      return [response.status, response.status === 204 ? undefined : ((await response.json()) as { code: string }).code];
    };
    expect(await post(session, 'mallory')).toEqual([404, 'unknown_session']);
    expect(await post('00000000-0000-0000-0000-000000000000', 'ada')).toEqual([404, 'unknown_session']);
    expect(client.of('pong')).toEqual([]);
    expect(await post(session, 'ada')).toEqual([204, undefined]);
    await client.first('pong');
  });

  test('[CN13, RL10] messages have a content type no foreign form can send', async () => {
    const { url, relay } = await startRelay();
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data', 'application/json']) {
      const response = await fetch(new URL('/v1/sse', url), { method: 'POST', headers: { 'content-type': type }, body: hello('me') });
      expect([response.status, ((await response.json()) as { code: string }).code]).toEqual([415, 'unsupported_media_type']);
    }
    expect(relay.stats.connections.sse).toBe(0);
  });

  test('[FR7, RL7] a body far above the limit is not read', async () => {
    const { url } = await startRelay();
    const body = new Uint8Array(5 * wireLimits.maxClientMessageBytes);
    const response = await fetch(new URL('/v1/sse', url), { method: 'POST', headers: { 'content-type': MESSAGE_TYPE }, body });
    expect([response.status, ((await response.json()) as { code: string }).code]).toEqual([413, 'frame_too_large']);
  });

  test('[CN13] a comment breaks the silence, and the response ends after its time', async () => {
    vi.useFakeTimers();
    onTestFinished(() => void vi.useRealTimers());
    const { connection, sse } = lonelySse();
    const reader = sse.open(request, new Uint8Array()).body?.getReader();
    const read = async (): Promise<string | undefined> => {
      const step = await reader?.read();
      return step?.value === undefined ? undefined : Buffer.from(step.value).toString();
    };
    expect(await read()).toBe(':\n\n');
    const next = read();
    await vi.advanceTimersByTimeAsync(20_000);
    expect(await next).toBe(':\n\n');
    expect(connection.closed).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(40_000);
    let last = await read();
    while (last === ':\n\n') last = await read();
    expect(last).toBeUndefined();
    expect(connection.closed).toHaveBeenCalledOnce();
  });

  test('[CN13] [RL7] a connection refused at once leaves no session behind', () => {
    const refused = recordedConnection();
    const sse = createSseTransport({
      accept: (peer) => {
        peer.close();
        return refused;
      },
    });
    sse.open(request, new Uint8Array());
    expect(() => sse.post(refused.id, 'ada', ping)).toThrow(expect.objectContaining({ code: 'unknown_session' }));
  });

  test('[CN13] of more than five responses to one principal the oldest is ended, one at a time; of five none is', async () => {
    vi.useFakeTimers();
    onTestFinished(() => void vi.useRealTimers());
    const closed: string[] = [];
    let opened = 0;
    const sse = createSseTransport({
      accept: () => {
        opened += 1;
        const id = `${opened}`;
        return {
          id,
          principal: { id: opened % 2 === 0 ? 'ada' : 'bob' },
          receive: vi.fn(),
          disturbed: vi.fn(),
          drained: vi.fn(),
          end: vi.fn(),
          closed: () => void closed.push(id),
        } satisfies Connection;
      },
    });
    onTestFinished(() => sse.close());
    // Of ada 2, 4, … 14: seven; of bob 1, 3, … 9, and no more: five.
    for (let count = 0; count < 10; count += 1) sse.open(request, new Uint8Array());
    await vi.advanceTimersByTimeAsync(30_000);
    expect(closed).toEqual([]);
    for (const _ of ['12', '14']) {
      opened += 1;
      sse.open(request, new Uint8Array());
    }
    await vi.advanceTimersByTimeAsync(2_500);
    expect(closed).toEqual(['2']);
    await vi.advanceTimersByTimeAsync(20_000);
    expect(closed).toEqual(['2', '4']);
  });

  test('[CN13] a response nobody reads any more ends its session', async () => {
    const { connection, sse } = lonelySse();
    await sse.open(request, new Uint8Array()).body?.cancel();
    expect(connection.closed).toHaveBeenCalledOnce();
    expect(() => sse.post(connection.id, 'ada', ping)).toThrow(expect.objectContaining({ code: 'unknown_session' }));
  });
});

const request = { transport: 'sse', headers: new Headers(), origin: undefined, remoteAddress: '' } as const;

/** The relay's side of one. */
function recordedConnection() {
  return {
    id: 'session',
    principal: { id: 'ada' },
    receive: vi.fn(),
    drained: vi.fn(),
    disturbed: vi.fn(),
    end: vi.fn(),
    closed: vi.fn(),
  } satisfies Connection;
}

/** The transport alone, with the relay's side recorded. */
function lonelySse() {
  const connection = recordedConnection();
  return { connection, sse: createSseTransport({ accept: () => connection }) };
}
