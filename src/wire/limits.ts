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
  /** Nesting allowed in a client's message. */
  maxDepth: 8,
  /** Nesting allowed in the JSON of `data` events and tool results. */
  maxJsonDepth: 64,
} as const;
