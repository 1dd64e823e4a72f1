import { type FoldedPart, foldedText, isStreamId, StreamError, streamChannel } from '../../src/wire/index.ts';
import type { Action, Principal } from '../relay/options.ts';
import type { RelayCore } from '../relay/relay.ts';
import { type BodyLimits, readBody, readJson, requireType } from './body.ts';
import type { Caller } from './caller.ts';
import { json } from './problem.ts';
import { parseCreateBody } from './schema.ts';

/** `POST /v1/streams`: 201, also for a stream that exists with the same request. */
export async function createStream(core: RelayCore, request: Request, { principal }: Caller): Promise<Response> {
  const asked = parseCreateBody(await readJson(request, bodyLimits(core)));
  const admitted = await core.options.admit(principal, asked);
  if (admitted === undefined) throw new StreamError('forbidden', 'This relay does not allow this request. Nothing was started.');
  const id = admitted.id ?? crypto.randomUUID();
  await authorize(core, principal, 'create', id, principal.id);
  const { channel, epoch } = core.streams.create({ ...admitted, id, principal });
  return json(201, { id, channel, epoch }, { location: `/v1/streams/${id}` });
}

/** `GET /v1/streams/:id`: the stream as of now. */
export async function readStream(core: RelayCore, id: string, { principal }: Caller): Promise<Response> {
  await authorizeOwned(core, principal, 'read', id);
  const found = core.streams.fold(id);
  if (found === undefined) throw unknownStream();
  const { epoch, fold } = found;
  const { status, seq, parts, usage, error, provider, model, createdAt, finishReason } = fold;
  return json(200, {
    id,
    status,
    epoch,
    seq,
    provider,
    model,
    createdAt,
    text: foldedText(fold),
    parts: parts.map(jsonPart),
    usage,
    finishReason,
    error,
  });
}

/** `POST /v1/streams/:id/stop`: 202, also if it has already ended. */
export async function stopStream(core: RelayCore, request: Request, id: string, { principal }: Caller): Promise<Response> {
  // A form of a foreign page always has a type; a request without any says nothing that would need one.
  if (request.headers.has('content-type')) requireType(request, 'application/json');
  const body = await readBody(request, bodyLimits(core));
  if (body.byteLength > 0) requireType(request, 'application/json');
  await authorizeOwned(core, principal, 'stop', id);
  core.streams.stop(id, 'user');
  return json(202, { id });
}

/** Before anything of the stream is read. */
async function authorizeOwned(core: RelayCore, principal: Principal, action: Action, id: string): Promise<void> {
  if (!isStreamId(id)) throw unknownStream();
  const owner = core.streams.owner(id);
  if (owner === undefined) throw unknownStream();
  await authorize(core, principal, action, id, owner);
  // It may have been dropped while the app decided, and the id be somebody else's by now.
  if (core.streams.owner(id) !== owner) throw unknownStream();
}

async function authorize(core: RelayCore, principal: Principal, action: Action, id: string, owner: string): Promise<void> {
  if ((await core.options.authorize(principal, action, streamChannel(id), owner)) === true) return;
  throw new StreamError('forbidden', `The principal may not ${action} this stream.`);
}

function bodyLimits({ options }: RelayCore): BodyLimits {
  return { maxBytes: options.maxBodyBytes, timeoutMs: options.bodyTimeoutMs };
}

function unknownStream(): StreamError {
  return new StreamError('unknown_channel', 'There is no such stream: it never existed, or its grace period is over.');
}

/** Bytes of a file as base64. */
function jsonPart(part: FoldedPart): unknown {
  return part.type === 'file' && part.bytes !== undefined ? { ...part, bytes: Buffer.from(part.bytes).toString('base64') } : part;
}
