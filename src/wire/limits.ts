/** Version of the protocol (docs/PROTOCOL.md). Both ends must have the same. */
export const PROTOCOL_VERSION: number = 1;

/** Bounds both ends rely on. All sizes in bytes of the encoded form. */
export const wireLimits = {
  /** Largest message a client may send. */
  maxClientMessageBytes: 65_536,
  /** A batch is closed once it has this many bytes; one single event may make it larger. */
  targetBatchBytes: 16_384,
  /** Longest text, in UTF-16 code units, that merging may put into one delta. */
  maxMergedDelta: 8192,
  /** Longest stream id and channel name, in UTF-16 code units. */
  maxIdLength: 128,
  /** Nesting allowed in a client's message. */
  maxDepth: 8,
  /** Nesting allowed in the JSON of `data` events and tool results. */
  maxJsonDepth: 64,
} as const;

/** Name of the channel a stream's log lives in. */
export function streamChannel(id: string): string {
  return `stream:${id}`;
}

/** Stream id of a channel, or `undefined` where the channel is not a stream's. */
export function channelStream(channel: string): string | undefined {
  return channel.startsWith('stream:') ? channel.slice('stream:'.length) : undefined;
}

const ID = /^[A-Za-z0-9._~-]+$/;

/** Whether `id` may name a stream: 1–128 unreserved characters (RFC 3986 §2.3). */
export function isStreamId(id: unknown): id is string {
  return typeof id === 'string' && id.length <= wireLimits.maxIdLength && ID.test(id) && id !== '.' && id !== '..';
}
