import type { ServerResponse } from 'node:http';
import { listen } from './listen.ts';
import { compactBatch, type StartSubject } from './subject.ts';

/** Server-sent events on `node:http`: each batch is an event, encoded once, written to every response as it arrives. */
export const startSse: StartSubject = async () => {
  const responses = new Set<ServerResponse>();
  const { port } = await listen((request, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-cache, no-transform' });
    response.flushHeaders();
    responses.add(response);
    request.on('close', () => responses.delete(response));
  });
  return {
    endpoint: { port },
    publish(stream, index, tokens) {
      const event = Buffer.from(`data: ${JSON.stringify(compactBatch(stream, index, tokens))}\n\n`);
      for (const response of responses) response.write(event);
    },
  };
};
