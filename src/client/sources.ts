import type { StreamStore } from '../store/index.ts';
import type { StreamSummary } from '../store/state.ts';
import { StreamError, toStreamError } from '../wire/errors.ts';
import type { StreamEvent } from '../wire/events.ts';
import { isStreamId, streamChannel } from '../wire/ids.ts';
import type { Ask, Attachment, Attachments, RelayStream } from './attachments.ts';
import { badUrl } from './options.ts';
import type { Requests, StartedStream } from './requests.ts';
import type { LocalSource, RelaySource, RequestSource, StreamRequest, StreamSource } from './types.ts';

export interface SourcesOptions {
  readonly url: string | undefined;
  readonly store: StreamStore;
  readonly attachments: Attachments;
  readonly requests: Requests;
  /** Lets the receiver follow the stream from where the page is. */
  readonly follow: (attachment: Attachment) => void;
  readonly feed: (key: number, fromSeq: number, events: readonly StreamEvent[]) => void;
}

/** Which stream a source means: the same source, the same stream. */
export interface Sources {
  /** The attachment the source has, or a new one. Never throws: what is wrong with a source is the stream's error. */
  find(source: StreamSource): Attachment;
  /** An attachment that has failed already. */
  refused(error: StreamError): Attachment;
  start(request: StreamRequest): Promise<StartedStream>;
  /** The attachment is no more; its source may be attached again. */
  forget(key: number): void;
}

export function createSources({ url, store, attachments, requests, follow, feed }: SourcesOptions): Sources {
  const byId = new Map<string, Attachment>();
  /** One `POST` for one request object, as long as the object lives. */
  const byRequest = new WeakMap<StreamRequest, RelayStream>();
  const byLocal = new WeakMap<LocalSource, Attachment>();
  let lastKey = 0;

  const open = (relay?: RelayStream): Attachment => {
    lastKey += 1;
    const id = relay?.channel === undefined ? undefined : relay.id;
    return { key: lastKey, record: store.create(lastKey, id), relay, local: undefined };
  };
  const refused = (error: StreamError): Attachment => {
    const attachment = open();
    fail(attachment.key, error);
    return attachment;
  };
  const fail = (key: number, error: StreamError): void => store.fail(key, summarised(error));

  const followRelay = (relay: RelayStream): Attachment => {
    const attachment = open(relay);
    const { key } = attachment;
    byId.set(relay.id, attachment);
    relay.started.then(
      () => {
        if (attachments.get(key) !== attachment) return;
        store.identify(key, relay.id);
        byId.set(relay.id, attachment);
        follow(attachment);
      },
      (cause: unknown) => fail(key, toStreamError(cause, 'bad_request')),
    );
    return attachment;
  };

  const request = (body: StreamRequest): RelayStream => {
    const known = byRequest.get(body);
    if (known !== undefined) return known;
    const id = body.id ?? randomId();
    const relay: RelayStream = {
      id,
      channel: undefined,
      started: requests.start({ ...body, id }).then((started) => {
        relay.id = started.id;
        relay.channel = started.channel;
      }),
    };
    byRequest.set(body, relay);
    return relay;
  };

  /** What was gone may exist by now: it is asked for again, once nobody shows that it was gone. */
  const present = (id: string): Attachment | undefined => {
    const found = byId.get(id);
    if (found?.record.summary.error?.code !== 'unknown_channel' || attachments.shown(found)) return found;
    store.remove(found.key);
    forget(found.key);
    return undefined;
  };

  const forget = (key: number): void => {
    const attachment = attachments.get(key);
    attachments.forget(key);
    if (attachment === undefined) return;
    attachment.local?.((reading) => reading.cancel());
    for (const [id, known] of byId) if (known === attachment) byId.delete(id);
  };

  /**
   * Reading local sources is loaded when there is one. What is asked of the reading meanwhile is done once it begins, in order;
   * later at once: a new receiver is to be fed what it lacks before anything else.
   */
  const loadLocal = (source: LocalSource, key: number): Attachment['local'] => {
    let act = (ask: Ask): void => void asked.push(ask);
    const asked: Ask[] = [];
    import('./local.ts')
      .then(({ readLocal }) => {
        const reading = readLocal(source, (fromSeq, events) => feed(key, fromSeq, events));
        act = (ask) => ask(reading);
        asked.forEach(act);
      })
      .catch((cause: unknown) =>
        fail(key, new StreamError('source_failed', 'Local sources cannot be loaded. Reload the page.', { cause })),
      );
    return (ask) => act(ask);
  };

  const local = (source: LocalSource): Attachment => {
    const before = byLocal.get(source);
    if (before !== undefined) {
      return store.get(before.key) === undefined
        ? refused(new StreamError('source_failed', 'The source was read before; make another.'))
        : before;
    }
    const attachment = open();
    attachment.local = loadLocal(source, attachment.key);
    byLocal.set(source, attachment);
    return attachment;
  };

  return {
    find(source) {
      if (isLocal(source)) return local(source);
      if (url === undefined) return refused(badUrl());
      // Who writes JavaScript may pass anything, and nothing.
      const { request: body, id } = (source ?? {}) as Partial<RequestSource & RelaySource>;
      if (typeof body === 'object' && body !== null) {
        const known = byRequest.get(body)?.id ?? body.id;
        return (known === undefined ? undefined : present(known)) ?? followRelay(request(body));
      }
      if (isStreamId(id)) return present(id) ?? followRelay({ id, channel: streamChannel(id), started: Promise.resolve() });
      return refused(new StreamError('bad_request', 'No source: pass { id }, { request }, an iterable, stream or Response.'));
    },
    refused,
    start: (body) => requests.start({ ...body, id: body.id ?? randomId() }),
    forget,
  };
}

/** An error as state, which keeps nothing but what is shown of it. */
export function summarised({ code, message, retryable, retryAfterMs }: StreamError): NonNullable<StreamSummary['error']> {
  return { code, message, retryable, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) };
}

export function isLocal(source: unknown): source is LocalSource {
  if (typeof source !== 'object' || source === null) return false;
  return Symbol.asyncIterator in source || 'getReader' in source || 'headers' in source;
}

/** 128 random bits. `crypto.randomUUID` exists in secure contexts only. */
function randomId(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');
}
