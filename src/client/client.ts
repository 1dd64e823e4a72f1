import { createStreamStore, idleConnection } from '../store/index.ts';
import { StreamError } from '../wire/errors.ts';
import type { PatchMessage, WorkerMessage } from '../worker/messages.ts';
import { type Attachment, createAttachments } from './attachments.ts';
import { resolveClientOptions } from './options.ts';
import { recallTransport, rememberTransport } from './remember.ts';
import { type Credentials, createRequests } from './requests.ts';
import { watchSignals } from './signals.ts';
import { createSources, summarised } from './sources.ts';
import type { ClientOptions, SluiceClient, StreamHandle } from './types.ts';
import { createReceiverHost } from './worker.ts';

/**
 * Makes the client of a page. Nothing connects before the first stream is attached, so a server may make one, too.
 *
 * @throws {StreamError} `bad_option`
 */
export function createClient(options: ClientOptions = {}): SluiceClient {
  const { url, transport, worker, receiver, detachGraceMs, maxIdleStreams, maxIdleBytes, ...resolved } = resolveClientOptions(options);
  let { credentials } = resolved;
  const present: Credentials = () => (typeof credentials === 'function' ? credentials() : credentials);
  const requests = createRequests(url, present);
  /** What the present receiver has been told to follow. */
  const followed = new Set<number>();
  let open = false;
  /** Why nothing can be attached any more. */
  let over: StreamError | undefined;
  let unwatch = (): void => {};

  const store = createStreamStore({
    maxIdleStreams,
    maxIdleBytes,
    onEvict(key) {
      host.post({ type: 'detach', key });
      sources.forget(key);
    },
    now: () => performance.now(),
  });

  const attachments = createAttachments({
    graceMs: detachGraceMs,
    onShown: ({ key }) => store.setShown(key),
    onLeft({ key, relay }) {
      if (relay !== undefined) host.post({ type: 'detach', key });
      followed.delete(key);
      // A local source cannot be read again, so it goes on; of the relay's, only what has ended is worth its memory.
      if (relay === undefined || store.ended(key)) store.setIdle(key);
      else {
        store.remove(key);
        sources.forget(key);
      }
    },
  });

  const follow = ({ key, relay }: Attachment): void => {
    if (!open || relay === undefined || followed.has(key) || store.ended(key)) return;
    if (relay.channel === undefined) {
      host.post({ type: 'connect' });
      return;
    }
    followed.add(key);
    host.post({ type: 'attach', key, channel: relay.channel, ...store.cursor(key) });
  };

  const sources = createSources({
    url,
    store,
    attachments,
    requests,
    follow,
    feed: (key, fromSeq, events) => host.post({ type: 'feed', key, fromSeq, events }),
  });

  const answerCredentials = async (): Promise<void> => {
    try {
      host.post({ type: 'credentials', credentials: await present() });
    } catch (cause) {
      console.error(cause);
      host.post({ type: 'credentials-failed' });
    }
  };

  const fold = ({ patch, changes }: PatchMessage): void => {
    store.apply(changes);
    host.post({ type: 'applied', patch });
    for (const { key } of changes) attachments.get(key)?.local?.((reading) => reading.applied(store.cursor(key).afterSeq));
  };

  const receive = (message: Exclude<WorkerMessage, { type: 'ready' | 'failure' }>): void => {
    switch (message.type) {
      case 'patch':
        fold(message);
        break;
      case 'connection': {
        const { type: _, remember, ...connection } = message;
        store.setConnection(connection);
        if (remember !== undefined && url !== undefined) rememberTransport(url, remember);
        break;
      }
      case 'credentials-needed':
        void answerCredentials();
        break;
    }
  };

  const host = createReceiverHost({
    worker,
    onOpen() {
      host.post({
        type: 'configure',
        // Local streams need no relay, and nothing connects before a stream of the relay is attached.
        url: url ?? 'about:blank',
        transport,
        ...(typeof credentials === 'function' ? { asksCredentials: true } : { credentials }),
        remembered: url === undefined ? undefined : recallTransport(url, Date.now()),
        options: receiver,
      });
      unwatch();
      unwatch = watchSignals((signal) => host.post({ type: 'signal', signal }));
      open = true;
      followed.clear();
      for (const attachment of attachments.all()) {
        follow(attachment);
        if (!store.ended(attachment.key)) attachment.local?.((reading) => reading.resume(store.cursor(attachment.key).afterSeq));
      }
    },
    onMessage: receive,
    onFailed(error) {
      over = error;
      unwatch();
      store.setConnection({ ...idleConnection, status: 'failed', error: summarised(error) });
      for (const { key, local } of attachments.all()) {
        local?.((reading) => reading.cancel());
        store.fail(key, summarised(error));
      }
    },
  });

  return {
    store: store.state,
    attach(source): StreamHandle {
      const attachment = over === undefined ? sources.find(source) : sources.refused(over);
      const release = attachments.refer(attachment);
      if (over === undefined) host.start();
      follow(attachment);
      const { key, record, relay, local } = attachment;
      return {
        key,
        record,
        tell: host.post,
        subscribe: (listener) => store.subscribe(key, listener),
        async stop() {
          local?.((reading) => reading.stop());
          if (relay === undefined) return;
          const accepted = await relay.started.then(
            () => true,
            () => false,
          );
          if (accepted) await requests.stop(relay.id);
        },
        release,
      };
    },
    start: sources.start,
    stop: requests.stop,
    refreshCredentials(fresh) {
      if (typeof credentials !== 'function') credentials = fresh;
      host.post({ type: 'credentials', credentials: fresh });
    },
    close() {
      over = new StreamError('aborted', 'The client was closed; make another.');
      unwatch();
      for (const { local } of attachments.all()) local?.((reading) => reading.cancel());
      attachments.clear();
      host.close();
      store.setConnection({ ...idleConnection, status: 'closed' });
    },
  };
}
