import { Agent, type IncomingMessage, request } from 'node:http';
import { startChild } from '../child.ts';
import { nowMs } from '../clock.ts';
import { connectFollower } from './first/follow.ts';
import type { Endpoint } from './messages.ts';
import { openSseLink, openWebSocketLink, openWebTransportLink } from './readers/link.ts';

/** One way from the provider to a client. */
export interface FirstToken {
  readonly way: string;
  /** From the provider's first byte to the first token, ms. */
  readonly elapsedMs: readonly number[];
  /** The same less the direct read's of the same turn. */
  readonly addedMs: readonly number[];
}

const warmup = 20;
/** Connections are renewed well before the relay recycles an event stream, after about a minute. */
const turnsPerConnection = 100;
const askMs = 10_000;

/** The direct read and the three transports take turns. The client is this process. */
export async function runFirstToken({ iterations, say }: { iterations: number; say: (line: string) => void }): Promise<FirstToken[]> {
  const provider = startChild<object>('./relay/first/provider.ts');
  const relay = startChild<object>('./relay/first/relay.ts');
  try {
    const providerPort = await provider.ask<number>({}, askMs);
    const endpoint = await relay.ask<Endpoint>({ providerPort }, askMs);
    const names = ['direct read', ...links.map(([name]) => name)];
    const elapsed: number[][] = names.map(() => []);
    let ways: (() => Promise<string>)[] = [];
    for (let turn = -warmup; turn < iterations; turn += 1) {
      if ((turn + warmup) % turnsPerConnection === 0) ways = [() => readDirectly(providerPort), ...(await follow(endpoint))];
      for (const [index, firstToken] of ways.entries()) {
        const firstByteAt = Number(await firstToken());
        if (turn >= 0) elapsed[index]?.push(nowMs() - firstByteAt);
      }
    }
    say(`first token: ${iterations} turns`);
    const direct = elapsed[0] ?? [];
    return names.map((way, index) => {
      const own = elapsed[index] ?? [];
      return { way, elapsedMs: own, addedMs: index === 0 ? [] : own.map((value, turn) => value - (direct[turn] ?? Number.NaN)) };
    });
  } finally {
    await Promise.all([provider.stop(), relay.stop()]);
  }
}

const links = [
  ['Sluice, WebSocket', openWebSocketLink],
  ['Sluice, WebTransport', openWebTransportLink],
  ['Sluice, SSE', openSseLink],
] as const;

function follow(endpoint: Endpoint): Promise<(() => Promise<string>)[]> {
  return Promise.all(
    links.map(async ([, open]) => {
      const follower = await connectFollower(open, endpoint);
      return async () => follower.firstText(await createStream(endpoint.port));
    }),
  );
}

const agent = new Agent({ keepAlive: true });

function post(port: number, path: string, body: object): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json' };
    request({ port, host: '127.0.0.1', path, method: 'POST', agent, headers }, resolve).on('error', reject).end(JSON.stringify(body));
  });
}

/** What a page without a relay does: reads the provider's events itself. */
async function readDirectly(port: number): Promise<string> {
  const response = await post(port, '/v1/chat/completions', { model: 'replay', stream: true, messages: [{ role: 'user', content: 'Hi' }] });
  return new Promise((resolve, reject) => {
    let rest = '';
    response.setEncoding('utf8');
    response.on('data', (text: string) => {
      const lines = (rest + text).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) {
        if (!line.startsWith('data: {')) continue;
        const content: string | undefined = JSON.parse(line.slice(6)).choices[0].delta.content;
        if (content !== undefined && content !== '') resolve(content);
      }
    });
    response.on('error', reject);
  });
}

async function createStream(port: number): Promise<string> {
  const response = await post(port, '/v1/streams', { provider: 'openai-chat', model: 'replay', prompt: 'Hi' });
  const text = (await response.setEncoding('utf8').toArray()).join('');
  if (response.statusCode !== 201) throw new Error(`Creating a stream was answered ${response.statusCode}: ${text}`);
  return JSON.parse(text).channel;
}
