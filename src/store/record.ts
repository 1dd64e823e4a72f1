import type { Json, LogEntry, StreamEvent } from '../wire/index.ts';
import type { Part, StreamRecord, StreamSummary } from './state.ts';
import { ChunkedText, JoinedText } from './textlog.ts';

/** The store's own side of a `StreamRecord`: the same object, with what only `apply` may touch. */
export interface OwnRecord extends StreamRecord {
  parts: Part[];
  text: JoinedText;
  content: Content;
  /** A snapshot on its way in; takes the place of `content` as a whole when it is complete. */
  shadow: { readonly content: Content; readonly snapshotSeq: number } | undefined;
}

/** What the entries of one generation fold into. */
export interface Content {
  epoch: string;
  seq: number;
  status: StreamSummary['status'];
  provider: string;
  model: string;
  error: StreamSummary['error'];
  finishReason: string | undefined;
  usage: StreamRecord['usage'];
  deltas: number;
  /** UTF-16 code units of all text, reasoning and arguments. */
  units: number;
  readonly parts: Part[];
  readonly text: JoinedText;
  readonly byPart: Map<string, OwnPart>;
}

type GrowingPart = Extract<Part, { text: unknown }> & { readonly text: ChunkedText };
type ToolPart = Extract<Part, { type: 'tool' }> & { readonly args: ChunkedText };
type OwnPart = GrowingPart | ToolPart | Exclude<Part, { type: 'text' | 'reasoning' | 'tool' }>;

export function emptyContent(epoch: string): Content {
  return {
    epoch,
    seq: 0,
    status: 'pending',
    provider: '',
    model: '',
    error: undefined,
    finishReason: undefined,
    usage: undefined,
    deltas: 0,
    units: 0,
    parts: [],
    text: new JoinedText(),
    byPart: new Map(),
  };
}

/** Folds one entry in; what is at or below `content.seq` is ignored. The same fold as `src/wire/fold.ts`, without copies. */
export function foldInto(content: Content, { fromSeq, seq, event }: LogEntry): void {
  if (seq <= content.seq) return;
  content.seq = seq;
  if (event.type !== 'start' && content.status === 'pending') content.status = 'streaming';
  switch (event.type) {
    case 'start':
      content.provider = event.provider;
      content.model = event.model;
      break;
    case 'text':
    case 'reasoning':
      grow(content, event);
      if (event.type === 'text') content.deltas += seq - fromSeq + 1;
      break;
    case 'tool-call':
      add(content, { type: 'tool', part: event.part, name: event.name, executedBy: event.executedBy, args: new ChunkedText() });
      break;
    case 'tool-args': {
      const call = content.byPart.get(event.part);
      if (call?.type !== 'tool') break;
      call.args.append(event.delta);
      content.units += event.delta.length;
      break;
    }
    case 'tool-result': {
      const call = content.byPart.get(event.part);
      if (call?.type !== 'tool') break;
      call.result = event.result;
      if (event.isError === true) call.isError = true;
      break;
    }
    case 'source':
    case 'file':
      add(content, event);
      break;
    case 'data':
      add(content, dataPart(event.name, event.value, seq));
      break;
    case 'usage': {
      const { type: _, ...usage } = event;
      content.usage = usage;
      break;
    }
    case 'finish':
      content.status = 'done';
      content.finishReason = event.reason;
      break;
    case 'error': {
      const { type: _, ...error } = event;
      content.status = 'failed';
      content.error = error;
      break;
    }
    case 'stopped':
      content.status = 'stopped';
      break;
  }
}

function grow(content: Content, event: Extract<StreamEvent, { type: 'text' | 'reasoning' }>): void {
  let open = content.byPart.get(event.part);
  if (open === undefined || open.type !== event.type) {
    const text = new ChunkedText();
    open = { type: event.type, part: event.part, text };
    add(content, open);
    if (event.type === 'text') content.text.add(text);
  }
  open.text.append(event.delta);
  content.units += event.delta.length;
}

function add(content: Content, part: OwnPart): void {
  content.parts.push(part);
  content.byPart.set(part.part, part);
}

function dataPart(name: string, value: Json, seq: number): Extract<Part, { type: 'data' }> {
  return { type: 'data', part: `${name}@${seq}`, name, value };
}
