import * as v from 'valibot';
import { isStreamId, type Json, StreamError, wireLimits } from '../../src/wire/index.ts';
import type { CreateRequest } from '../relay/options.ts';

const message = v.strictObject({ role: v.picklist(['system', 'user', 'assistant']), content: v.string() });

/** Body of `POST /v1/streams`. */
const createBody = v.pipe(
  v.strictObject({
    provider: v.pipe(v.string(), v.nonEmpty(), v.maxLength(64)),
    model: v.pipe(v.string(), v.maxLength(256)),
    id: v.optional(v.custom<string>(isStreamId, 'must be 1 to 128 letters, digits and . _ ~ - characters')),
    prompt: v.optional(v.string()),
    messages: v.optional(v.pipe(v.array(message), v.nonEmpty())),
    // It comes from JSON.parse, so every value in it is JSON.
    options: v.optional(
      v.pipe(
        v.custom<{ readonly [key: string]: Json }>(isObject, 'must be an object'),
        v.check(
          (options) => isWithin(options, wireLimits.maxJsonDepth),
          `must not be nested deeper than ${wireLimits.maxJsonDepth}, nor have numbers out of range`,
        ),
      ),
    ),
  }),
  v.check((body) => (body.prompt === undefined) !== (body.messages === undefined), 'exactly one of prompt and messages must be given'),
);

/** @throws {StreamError} `bad_request`, naming the field */
export function parseCreateBody(body: unknown): CreateRequest {
  const parsed = v.safeParse(createBody, body);
  if (!parsed.success) {
    const issue = parsed.issues[0];
    const path = v.getDotPath(issue);
    throw new StreamError(
      'bad_request',
      `The body is not as documented${path === null ? '' : `, at ${path}`}: ${issue.message.slice(0, 200)}. Nothing was started.`,
    );
  }
  const { provider, model, id, prompt, messages, options } = parsed.output;
  return {
    provider,
    model,
    ...(id === undefined ? {} : { id }),
    ...(prompt === undefined ? {} : { prompt }),
    ...(messages === undefined ? {} : { messages }),
    ...(options === undefined ? {} : { options }),
  };
}

/** valibot's `record` takes a list for one. */
function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Whether nothing in it is nested deeper, since what walks it later may recurse, and no number is what `JSON.parse` makes of `1e999`. */
function isWithin(value: Json, depth: number): boolean {
  if (typeof value === 'number') return Number.isFinite(value);
  if (typeof value !== 'object' || value === null) return true;
  return depth > 0 && Object.values(value).every((item: Json) => isWithin(item, depth - 1));
}
