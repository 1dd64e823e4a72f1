/** Longest stream id and channel name, in UTF-16 code units. */
export const maxIdLength: number = 128;

/** Name of the channel a stream's log lives in. */
export function streamChannel(id: string): string {
  return `stream:${id}`;
}

/** Stream id of a channel, or `undefined` where the channel is not a stream's. */
export function channelStream(channel: string): string | undefined {
  return channel.startsWith('stream:') ? channel.slice('stream:'.length) : undefined;
}

const ID = /^(?!\.\.?$)[\w.~-]{1,128}$/;

/** Whether `id` may name a stream: 1–128 (`maxIdLength`) unreserved characters (RFC 3986 §2.3), not `.` or `..`. */
export function isStreamId(id: unknown): id is string {
  return typeof id === 'string' && ID.test(id);
}
