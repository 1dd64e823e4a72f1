import { type ConnectOptions, connectClient, type ProtocolClient, type TransportName } from '../../../support/connect.ts';

/** A transport as its contract's tests see it, over real sockets and the real relay. */
export interface Subject {
  readonly transport: TransportName;
  /** Close codes exist on a socket; an SSE response just ends. */
  closeCode(code: number): number | undefined;
  /** A connection that was welcomed. */
  greeted(url: string, options?: ConnectOptions & { credentials?: string }): Promise<ProtocolClient>;
}

export function subjectOf(transport: TransportName): Subject {
  return {
    transport,
    closeCode: (code) => (transport === 'sse' ? undefined : code),
    async greeted(url, options = {}) {
      const client = await connectClient(transport, url, options);
      client.hello(options.credentials === undefined ? {} : { credentials: options.credentials });
      await client.first('welcome');
      return client;
    },
  };
}
