/** A connection to Chromium's DevTools protocol. */
export interface Protocol {
  /** @throws {Error} what the browser answers */
  call<Result = object>(method: string, params?: object, session?: string): Promise<Result>;
  on(method: string, listener: (params: never) => void): () => void;
  close(): void;
}

interface Reply {
  readonly id?: number;
  readonly method?: string;
  readonly params?: never;
  readonly result?: never;
  readonly error?: { readonly message: string };
}

export async function openProtocol(url: string): Promise<Protocol> {
  const socket = new WebSocket(url);
  await new Promise<void>((resolve, reject) => {
    socket.onopen = () => resolve();
    socket.onerror = () => reject(new Error(`Chromium does not answer at ${url}.`));
  });
  const pending = new Map<number, { resolve(result: never): void; reject(cause: Error): void }>();
  const listeners = new Map<string, Set<(params: never) => void>>();
  let next = 1;
  socket.onmessage = ({ data }) => {
    const { id, method, params, result, error } = JSON.parse(data as string) as Reply;
    if (id === undefined) {
      for (const listener of listeners.get(method ?? '') ?? []) listener(params as never);
      return;
    }
    const call = pending.get(id);
    pending.delete(id);
    if (error === undefined) call?.resolve(result as never);
    else call?.reject(new Error(error.message));
  };
  socket.onclose = () => {
    for (const { reject } of pending.values()) reject(new Error('Chromium has gone.'));
    pending.clear();
  };
  return {
    call: (method, params = {}, sessionId) =>
      new Promise((resolve, reject) => {
        const id = next++;
        pending.set(id, { resolve, reject });
        socket.send(JSON.stringify({ id, method, params, ...(sessionId === undefined ? {} : { sessionId }) }));
      }),
    on(method, listener) {
      const own = listeners.get(method) ?? new Set();
      listeners.set(method, own.add(listener));
      return () => void own.delete(listener);
    },
    close: () => socket.close(),
  };
}
