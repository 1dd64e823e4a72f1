import { createParser } from 'eventsource-parser';
import { MESSAGE_TYPE, SSE_PATH } from '../../server/transports/sse.ts';
import { decodeClientMessage } from '../../src/wire/index.ts';
import type { ConnectOptions, Wire } from './connect.ts';
import type { Inbox } from './inbox.ts';

/** The first message opens the response; later ones are posted one after the other. */
export async function openSse(relayUrl: string, { headers = {}, origin }: ConnectOptions, inbox: Inbox): Promise<Wire> {
  const abort = new AbortController();
  let credentials: string | undefined;
  let paused: Promise<void> | undefined;
  let resume = (): void => {};
  const post = (path: string, body: Uint8Array): Promise<Response> =>
    fetch(new URL(path, relayUrl), {
      method: 'POST',
      body: new Uint8Array(body),
      signal: abort.signal,
      headers: {
        'content-type': MESSAGE_TYPE,
        ...headers,
        ...(origin === undefined ? {} : { origin }),
        ...(credentials === undefined ? {} : { authorization: `Bearer ${credentials}` }),
      },
    });
  const read = async (body: Uint8Array): Promise<void> => {
    const response = await post(SSE_PATH, body);
    if (!response.ok || response.body === null)
      return inbox.end({ code: response.status, reason: ((await response.json()) as { code: string }).code });
    const parser = createParser({ onEvent: ({ data }) => inbox.receive(Buffer.from(data, 'base64')) });
    const decoder = new TextDecoder();
    for await (const chunk of response.body) {
      await paused;
      parser.feed(decoder.decode(chunk, { stream: true }));
    }
    inbox.end({ code: undefined, reason: '' });
  };
  let posted: Promise<unknown> | undefined;
  return {
    send(message) {
      credentials ??= credentialsOf(message);
      if (posted === undefined) {
        posted = inbox.first('welcome').catch(() => undefined);
        read(message).catch((cause: unknown) => inbox.end({ code: undefined, reason: String(cause) }));
        return;
      }
      posted = posted
        .then(() => inbox.first('welcome'))
        .then(({ session }) => post(`${SSE_PATH}/${session}`, message))
        .catch(() => {});
    },
    pause() {
      paused ??= new Promise((wake) => {
        resume = wake;
      });
    },
    resume() {
      paused = undefined;
      resume();
    },
    close: () => abort.abort(),
  };
}

function credentialsOf(message: Uint8Array): string | undefined {
  try {
    const hello = decodeClientMessage(message)[0];
    return hello?.type === 'hello' ? hello.credentials : undefined;
  } catch {
    return undefined;
  }
}
