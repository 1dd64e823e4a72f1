import { readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { relayCli } from '../../support/cli.ts';
import { connectClient } from '../../support/connect.ts';
import { temporaryDirectory } from '../../support/directory.ts';

/** Each provider's, recognisable wherever it turns up, also as base64 or in part. */
const CANARY = 'cAnArY0123456789';
const keys = { OPENAI_API_KEY: `sk-${CANARY}-openai`, ANTHROPIC_API_KEY: `sk-ant-${CANARY}`, GEMINI_API_KEY: `AIza${CANARY}` };
const providers = ['openai', 'openai-chat', 'anthropic', 'gemini', 'ollama'] as const;

/** What goes wrong upstream, by the model asked for. Each tells the key it was sent in every place it can. */
const faults = [
  'status-400',
  'status-401',
  'status-403',
  'status-429',
  'status-500',
  'redirect',
  'page',
  'garbage',
  'error-event',
  'broken-off',
  'torn-down',
  'hang-up',
] as const;

test('[RL8] no provider’s key is in a log, an error, a metric, the discovery document, an event, or on disk, whatever goes wrong', async () => {
  const seen: string[] = [];
  const upstream = createServer((request, response) => {
    const key = JSON.stringify([
      request.headers.authorization,
      request.headers['x-api-key'],
      request.headers['x-goog-api-key'],
      request.url,
    ]);
    seen.push(key);
    let body = '';
    request.on('data', (chunk) => (body += chunk));
    request.on('end', () => {
      const fault = faults.find((name) => body.includes(name) || request.url?.includes(name)) ?? 'none';
      const status = Number(/^status-(\d+)$/.exec(fault)?.[1] ?? 200);
      const leak = { error: { type: key, code: CANARY, status: CANARY, message: `The key ${key} is wrong`, details: [{ key }] } };
      const type = request.url?.includes('/api/chat') ? 'application/x-ndjson' : 'text/event-stream';
      if (fault === 'hang-up') request.socket.destroy();
      else if (fault === 'redirect') response.writeHead(307, { location: `http://127.0.0.1:9/${CANARY}`, 'x-key': CANARY }).end(key);
      else if (fault === 'page') response.writeHead(200, { 'content-type': 'text/html' }).end(`<html>${key}</html>`);
      else if (status !== 200)
        response.writeHead(status, { 'content-type': 'application/json', 'x-key': CANARY }).end(JSON.stringify(leak));
      else {
        response.writeHead(200, { 'content-type': type });
        if (fault === 'garbage') response.end(`data: {"key": ${key}\n\n{${key}\n`);
        else if (fault === 'error-event') {
          const event = JSON.stringify({ type: 'error', ...leak });
          response.end(type === 'text/event-stream' ? `event: error\ndata: ${event}\n\n` : `${event}\n`);
        } else if (fault === 'torn-down') response.write(`: ${key}\n`, () => request.socket.destroy());
        else response.end();
      }
    });
  });
  await new Promise<void>((resolve) => upstream.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void upstream.close());
  const base = `http://127.0.0.1:${(upstream.address() as AddressInfo).port}`;
  const directory = temporaryDirectory();
  const relay = await relayCli(['--port', '0', '--data', directory], {
    ...keys,
    OPENAI_BASE_URL: `${base}/v1`,
    ANTHROPIC_BASE_URL: base,
    GEMINI_BASE_URL: base,
    OLLAMA_BASE_URL: base,
  });
  const outputs: string[] = [];
  const ask = async (path: string, init?: RequestInit): Promise<string> => {
    const answer = await fetch(new URL(path, relay.url), init);
    const text = `${JSON.stringify([...answer.headers])} ${await answer.text()}`;
    outputs.push(text);
    return text;
  };
  const clients = await Promise.all((['websocket', 'webtransport', 'sse'] as const).map((name) => connectClient(name, relay.url)));
  for (const client of clients) client.hello();
  let subscription = 0;
  for (const provider of providers) {
    for (const fault of faults) {
      const id = `${provider}.${fault}`;
      const body = JSON.stringify({ id, provider, model: fault, prompt: 'p' });
      await ask('/v1/streams', { method: 'POST', body, headers: { 'content-type': 'application/json' } });
      subscription += 1;
      for (const client of clients) client.subscribe(subscription, `stream:${id}`);
      for (const client of clients) await client.until(() => client.isDone(subscription));
      expect(await ask(`/v1/streams/${id}`), id).toContain('"status":"failed"');
    }
  }
  await ask('/v1/streams', { method: 'POST', body: '{"provider":"openai","model":7}', headers: { 'content-type': 'application/json' } });
  for (const path of ['/v1/connect', '/metrics', '/healthz', '/readyz', '/v1/streams/none']) await ask(path);
  for (const client of clients) outputs.push(JSON.stringify(client.frames));
  relay.child.kill('SIGTERM');
  await new Promise((resolve) => relay.child.on('close', resolve));
  outputs.push(relay.errors());
  for (const file of readdirSync(directory)) outputs.push(readFileSync(join(directory, file), 'latin1'));

  // It was sent, and told back, in each way there is.
  expect(seen.filter((key) => key.includes(CANARY)).length).toBeGreaterThanOrEqual(4 * faults.length);
  expect(outputs.join('').length).toBeGreaterThan(10_000);
  const everything = outputs.join('\n');
  for (const form of [CANARY, CANARY.toLowerCase(), Buffer.from(CANARY).toString('base64').slice(2, 16), ...Object.values(keys)]) {
    expect(everything.indexOf(form) === -1 ? '' : everything.slice(everything.indexOf(form) - 200).slice(0, 400), form).toBe('');
  }
}, 60_000);
