import { StreamError, type StreamEvent } from '../../src/wire/index.ts';
import { causeCode, failure } from './failure.ts';
import type { Dialect } from './http.ts';
import { parseObject } from './json.ts';
import { createLineSplitter } from './ndjson.ts';
import type { Resume } from './resume.ts';
import { createSseSplitter, type UpstreamMessage } from './sse.ts';
import type { ByteSource } from './upstream.ts';
import { EventWriter } from './writer.ts';

export interface Reading {
  /** For `start`, where the provider reports none. */
  readonly model: string;
  readonly signal: AbortSignal;
  readonly idleTimeoutMs: number;
  /** Where the answer can be read on after its connection broke off. */
  readonly resume?: Resume | undefined;
}

/** Longest event in UTF-16 code units: images come inline. */
const MAX_EVENT_LENGTH = 16_777_216;
/** How long the body may go on once the model has ended the answer: in case more follows, and to keep the connection for the next request. */
const LINGER_MS = 1000;

/** Reads an answer's body to its end. Never throws; after an abort it ends without an event and its connection is closed at once. */
export async function* readBody(first: ByteSource, dialect: Dialect, reading: Reading): AsyncGenerator<StreamEvent, void> {
  const { signal, idleTimeoutMs, resume } = reading;
  let source = first;
  const cancel = (): void => source.cancel();
  const { title } = dialect;
  const writer = new EventWriter(dialect.name, reading.model);
  const understand = dialect.reader(writer);
  const createSplitter = dialect.framing === 'sse' ? createSseSplitter : createLineSplitter;
  let splitter = createSplitter(MAX_EVENT_LENGTH);
  let reads = false;
  let timedOut = false;
  let ended = false;
  let seen = false;
  let bytes = 0;
  const expire = (): void => {
    // A slow consumer is not a silent provider.
    if (!reads) return;
    timedOut = true;
    cancel();
  };
  let timer = setTimeout(expire, idleTimeoutMs);
  let lingers = false;

  const take = (messages: readonly UpstreamMessage[], last: boolean): void => {
    for (const { event, data } of messages) {
      if (writer.closed) return;
      if (data === '[DONE]') {
        if (!writer.ending && dialect.doneEnds !== true) continue;
        seen = true;
        if (!writer.ending) writer.finish('other');
        writer.close();
        return;
      }
      const payload = parseObject(data);
      if (payload !== undefined) {
        seen = true;
        const place = resume?.place(payload) ?? 'next';
        if (place === 'next') understand(payload, event);
        else if (place === 'gap')
          writer.fail(
            failure('upstream_truncated', `${title}'s answer broke off, and went on with a part missing. It ends here; try again.`),
          );
      } else if (!last && data !== '') {
        writer.fail(failure('upstream_malformed', `${title} sent an event that is not a JSON object. The answer ends here; try again.`));
      }
    }
  };

  signal.addEventListener('abort', cancel, { once: true });
  if (signal.aborted) cancel();
  try {
    while (true) {
      try {
        while (!writer.closed && !ended) {
          if (writer.ending && !lingers) {
            lingers = true;
            clearTimeout(timer);
            timer = setTimeout(expire, Math.min(LINGER_MS, idleTimeoutMs));
          } else timer.refresh();
          reads = true;
          const piece = await source.read();
          reads = false;
          if (signal.aborted) return;
          ended = piece === undefined;
          if (ended && timedOut) break;
          bytes += piece?.byteLength ?? 0;
          take(piece === undefined ? splitter.end() : splitter.feed(piece), ended);
          for (const event of writer.take()) {
            yield event;
            if (signal.aborted) return;
          }
        }
      } catch (cause) {
        if (signal.aborted) return;
        ended = true;
        timedOut ||= causeCode(cause) === 'UND_ERR_BODY_TIMEOUT';
        if (cause instanceof StreamError) writer.fail(failure(cause.code, cause.message));
      }
      if (writer.ending || writer.closed) break;
      const rest = await resume?.reopen();
      if (signal.aborted) return;
      if (rest === undefined) break;
      cancel();
      source = rest;
      splitter = createSplitter(MAX_EVENT_LENGTH);
      ended = false;
      timedOut = false;
    }
    const otherwise = timedOut
      ? failure('upstream_timeout', `${title} sent nothing for ${idleTimeoutMs} ms. The answer ends here; try again.`)
      : bytes > 0 && !seen
        ? failure('upstream_malformed', `${title} sent a body without a single event. Check ${dialect.urlVariable}.`)
        : failure('upstream_truncated', `${title}'s answer broke off without its end. Try again.`);
    for (const event of writer.end(otherwise)) {
      yield event;
      if (signal.aborted) return;
    }
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', cancel);
    // What was asked for in the background goes on without its connection.
    if (signal.aborted && !writer.ending) resume?.cancel();
    if (writer.closed && writer.ending && !ended && !signal.aborted) void drain(source);
    else cancel();
  }
}

async function drain(source: ByteSource): Promise<void> {
  const timer = setTimeout(source.cancel, LINGER_MS);
  try {
    while ((await source.read()) !== undefined);
  } catch {
    // Nothing of it matters any more.
  } finally {
    clearTimeout(timer);
  }
}
