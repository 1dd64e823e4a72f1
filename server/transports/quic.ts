import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/**
 * What we use of a WebTransport implementation for Node. Kept as an interface of ours, so that the native addon
 * stays optional: where it cannot be loaded, the relay serves the other transports.
 */
export interface Quic {
  /** Binds UDP. @throws where the port is taken or the certificate cannot be read */
  listen(options: QuicListenOptions): Promise<QuicServer>;
}

export interface QuicListenOptions {
  /** IP address. */
  readonly host: string;
  /** 0 for any. */
  readonly port: number;
  /** Paths of PEM files, which are read before `listen` resolves, and not again. */
  readonly cert: string;
  readonly key: string;
}

export interface QuicServer {
  readonly port: number;
  readonly sessions: ReadableStream<QuicSession>;
  /** Ends all sessions and unbinds. */
  close(): void;
}

/** A session of the other end, as in W3C WebTransport. */
export interface QuicSession {
  readonly authority: string;
  readonly path: string;
  readonly origin: string | null;
  readonly headers: { readonly [name: string]: string };
  readonly remoteAddress: string;
  /** Settles when the session has ended, for whatever reason. May reject. */
  readonly closed: Promise<unknown>;
  readonly incomingBidirectionalStreams: ReadableStream<{ readable: ReadableStream<Uint8Array>; writable: WritableStream<Uint8Array> }>;
  readonly incomingUnidirectionalStreams: ReadableStream<ReadableStream<Uint8Array>>;
  createUnidirectionalStream(): Promise<WritableStream<Uint8Array>>;
  close(info?: { closeCode?: number; reason?: string }): void;
}

/** The addon, or why there is none. */
export async function loadQuic(): Promise<Quic | { readonly missing: string }> {
  try {
    const reason = unusable();
    if (reason !== undefined) return { missing: reason };
    const { WebTransportServer } = await import('rwebtransport');
    return {
      async listen(options) {
        const server = new WebTransportServer(options);
        contain(server);
        await server.ready;
        return { port: server.port, sessions: server.incomingSessions, close: () => server.close() };
      },
    };
  } catch (cause) {
    return { missing: cause instanceof Error ? cause.message : String(cause) };
  }
}

/** Looked at first: without a prebuilt binary the addon would be compiled at its first use, for minutes and with everything waiting. */
function unusable(): string | undefined {
  const { platform, arch, versions } = process;
  const entry = createRequire(import.meta.url).resolve('rwebtransport');
  if (!existsSync(join(dirname(entry), '..', 'prebuilds', `${platform}-${arch}`, 'rwebtransport.node'))) {
    return `rwebtransport has no binary for ${platform}-${arch}`;
  }
  return /^(24|26)\./.test(versions.node) ? undefined : `rwebtransport needs Node 24 or 26, this is ${versions.node}`;
}

/**
 * rwebtransport 0.2.2 derives a promise of its own from a session's `closed` and does not handle its rejection: a client
 * that vanishes, or breaks the QUIC protocol, would end the whole process. So such an end is passed on as a normal one.
 */
export function contain(server: object): void {
  const internal = server as { onEvent(event: { type: string; session?: number; message?: string }): void };
  const pass = internal.onEvent.bind(server);
  internal.onEvent = (event) => {
    if (event.type !== 'error' || event.session === undefined) return pass(event);
    pass({
      type: 'closed',
      session: event.session,
      code: 0,
      reason: new TextEncoder().encode(event.message),
      remote: true,
    } as typeof event);
  };
}
