import { onTestFinished } from 'vitest';
import { createRelay, createScripted, type Relay, type RelayServerOptions } from '../../../server/index.ts';

export const BASE = 'http://127.0.0.1';

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: { readonly [key: string]: unknown };
}

/** A relay without a server: its fetch handler is called as an app's framework would. */
export function relayWith(options: RelayServerOptions = {}): {
  relay: Relay;
  call(method: string, path: string, body?: unknown, token?: string): Promise<Answer>;
  raw(method: string, path: string, init?: { body?: BodyInit; type?: string; headers?: Record<string, string> }): Promise<Answer>;
} {
  const relay = createRelay({ providers: [createScripted()], ...options });
  onTestFinished(() => relay.close());
  const raw = async (
    method: string,
    path: string,
    { body, type, headers = {} }: { body?: BodyInit; type?: string; headers?: Record<string, string> } = {},
  ): Promise<Answer> => {
    const request = new Request(`${BASE}${path}`, {
      method,
      headers: { host: '127.0.0.1', ...(type === undefined ? {} : { 'content-type': type }), ...headers },
      ...(body === undefined ? {} : { body, duplex: 'half' }),
    } as RequestInit);
    const response = await relay.fetch(request, { remoteAddress: '127.0.0.1' });
    const text = await response.text();
    return { status: response.status, headers: response.headers, body: text.startsWith('{') ? JSON.parse(text) : {} };
  };
  return {
    relay,
    raw,
    call: (method, path, body, token) =>
      raw(method, path, {
        ...(body === undefined ? {} : { body: JSON.stringify(body), type: 'application/json' }),
        headers: token === undefined ? { origin: BASE } : { authorization: `Bearer ${token}` },
      }),
  };
}
