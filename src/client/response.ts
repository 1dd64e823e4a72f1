import { EventSourceParserStream } from 'eventsource-parser/stream';
import { isErrorCode } from '../wire/codes.ts';
import { StreamError } from '../wire/errors.ts';
import { eventTypes, type StreamEvent } from '../wire/events.ts';
import { readStream, type SourceReader } from './reader.ts';

/** Longest line or event of a response, in UTF-16 code units. */
const MAX_LINE = 8 * 1024 * 1024;

/** By content type, as `LocalSource` documents it. An error status fails the first read. */
export function readResponse(response: Response): SourceReader {
  if (!response.ok) {
    return {
      next: async () => {
        throw await refusal(response);
      },
      cancel: () => void response.body?.cancel().catch(() => {}),
    };
  }
  if (response.body === null) return { next: async () => ({ done: true }), cancel: () => {} };
  const text = response.body.pipeThrough(new TextDecoderStream() as TransformStream<Uint8Array, string>);
  const type = (response.headers.get('content-type') ?? '').split(';')[0]?.trim().toLowerCase();
  if (type === 'text/event-stream') {
    const messages = text.pipeThrough(new EventSourceParserStream({ maxBufferSize: MAX_LINE }));
    return readStream(messages.pipeThrough(mapped(({ data }) => (data === '[DONE]' ? [] : [parse(data)]))), 'upstream_truncated');
  }
  if (type === 'application/x-ndjson') return readStream(text.pipeThrough(lines()), 'upstream_truncated');
  return readStream(text, 'upstream_truncated');
}

function lines(): TransformStream<string, StreamEvent> {
  let open = '';
  return mapped(
    (chunk) => {
      const parts = (open + chunk).split('\n');
      open = parts.pop() ?? '';
      if (open.length > MAX_LINE)
        throw new StreamError('upstream_malformed', `A line of the response is longer than ${MAX_LINE}. The stream ends here.`);
      return parts.filter((line) => line.trim() !== '').map(parse);
    },
    () => (open.trim() === '' ? [] : [parse(open)]),
  );
}

function mapped<From>(map: (chunk: From) => StreamEvent[], end: () => StreamEvent[] = () => []): TransformStream<From, StreamEvent> {
  return new TransformStream({
    transform: (chunk, controller) => {
      for (const event of map(chunk)) controller.enqueue(event);
    },
    flush: (controller) => {
      for (const event of end()) controller.enqueue(event);
    },
  });
}

/** Its fields are checked where all local events are. */
function parse(json: string): StreamEvent {
  try {
    const event = JSON.parse(json) as StreamEvent;
    if (eventTypes.includes(event?.type)) return event;
  } catch (cause) {
    throw new StreamError(
      'upstream_malformed',
      'The response has an event that is not JSON. The stream ends here; what it had sent stays.',
      { cause },
    );
  }
  throw new StreamError(
    'upstream_malformed',
    'The response has events of another format. On the page a Response is plain text, or StreamEvents as JSON; a provider’s own format goes through the relay, or comes as an async iterable of text. The stream ends here.',
  );
}

/** An error status as the error it stands for: a problem document of the relay's by its code, anything else by its status. */
async function refusal(response: Response): Promise<StreamError> {
  const isProblem = response.headers.get('content-type')?.startsWith('application/problem+json') === true;
  const body: unknown = isProblem ? await response.json().catch(() => undefined) : undefined;
  const { code, detail } = (body ?? {}) as Record<string, unknown>;
  const options = { retryAfterMs: retryAfter(response) };
  if (isErrorCode(code)) return new StreamError(code, String(detail), options);
  return new StreamError(statusCode(response.status), `The server answered ${response.status} where a stream was asked for.`, options);
}

function statusCode(status: number): 'upstream_unauthorized' | 'upstream_rate_limited' | 'upstream_failed' | 'upstream_rejected' {
  if (status === 401 || status === 403) return 'upstream_unauthorized';
  if (status === 429) return 'upstream_rate_limited';
  return status >= 500 ? 'upstream_failed' : 'upstream_rejected';
}

/** RFC 9110 §10.2.3: seconds or a date. */
function retryAfter(response: Response): number | undefined {
  const value = response.headers.get('retry-after');
  if (value === null) return undefined;
  const waitMs = /^\d+$/.test(value) ? Number(value) * 1000 : Date.parse(value) - Date.now();
  return Number.isFinite(waitMs) ? Math.max(0, waitMs) : undefined;
}
