import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { onTestFinished } from 'vitest';
import { frameLines, readLines } from '../../support/replay.ts';

const ID = 'resp_1';

/** An answer as the API numbers it. */
export const keptLines: readonly string[] = readLines(join(import.meta.dirname, '../../fixtures/providers/openai.everything.jsonl')).map(
  (line, index) => {
    const payload = JSON.parse(line);
    if (payload.response !== undefined) payload.response.id = ID;
    return JSON.stringify({ ...payload, sequence_number: index });
  },
);

export type Reply =
  /** The rest of the answer, cut off after so many bytes, or left open there without a word. */
  | { readonly cutAt?: number; readonly silent?: boolean; readonly shift?: number; readonly told?: (line: string) => string }
  | { readonly status: number };

export interface Keeper {
  readonly baseURL: string;
  readonly requests: readonly { method: string; url: string; authorization: string | undefined }[];
}

/** The Responses API, which keeps its answers: each connection is served the next reply, the last one for good. */
export async function startKeeper(...replies: readonly Reply[]): Promise<Keeper> {
  const requests: { method: string; url: string; authorization: string | undefined }[] = [];
  let served = 0;
  const serve = async (response: ServerResponse, after: number): Promise<void> => {
    const reply = replies[Math.min(served, replies.length - 1)] ?? {};
    served += 1;
    if ('status' in reply)
      return void response.writeHead(reply.status, { 'content-type': 'application/json' }).end('{"error":{"message":"no"}}');
    response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8' });
    const bytes = Buffer.from(
      frameLines('openai', keptLines.slice(Math.max(0, after + 1 + (reply.shift ?? 0))).map(reply.told ?? String)).join(''),
    );
    const part = bytes.subarray(0, reply.cutAt);
    for (let from = 0; from < part.length; from += 97) {
      response.write(part.subarray(from, from + 97));
      await turn();
    }
    if (reply.silent === true) return;
    if (reply.cutAt === undefined) response.end();
    else response.destroy();
  };
  const server = createServer((request, response) => {
    const { method = '', url = '', headers } = request;
    requests.push({ method, url, authorization: headers.authorization });
    request.resume().on('end', () => {
      const after = new URL(url, 'http://localhost').searchParams.get('starting_after');
      if (url.endsWith('/cancel')) response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
      else void serve(response, after === null ? -1 : Number(after));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.closeAllConnections());
  onTestFinished(() => void server.close());
  return { requests, baseURL: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1` };
}
