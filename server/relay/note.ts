import { createHash } from 'node:crypto';
import type { StartEvent } from '../../src/wire/index.ts';
import type { StreamLog } from '../log/log.ts';
import type { CreateStreamRequest } from './origin.ts';

/** What is kept beside a log: what the stream was asked for, and what it began with. */
export interface Note {
  readonly fingerprint: string | undefined;
  readonly start: StartEvent;
  /** What the provider keeps the answer by, where it does. */
  readonly kept?: string;
}

export function writeNote(note: Note): string {
  return JSON.stringify(note);
}

/** A log that was made by something else, or whose note was damaged, has an empty one. */
export function readNote({ note }: StreamLog): Note {
  try {
    return JSON.parse(note) as Note;
  } catch {
    return { fingerprint: undefined, start: { type: 'start', provider: 'unknown', model: '', createdAt: 0 } };
  }
}

/** The same request, the same string; `undefined` for what cannot be compared. */
export function fingerprintOf(request: CreateStreamRequest): string | undefined {
  if (request.source !== undefined) return undefined;
  const { provider, model, prompt, messages, options } = request;
  return createHash('sha256').update(canonical({ provider, model, prompt, messages, options })).digest('base64');
}

function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  const fields = Object.entries(value).filter(([, field]) => field !== undefined);
  return `{${fields
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, field]) => `${JSON.stringify(key)}:${canonical(field)}`)
    .join(',')}}`;
}
