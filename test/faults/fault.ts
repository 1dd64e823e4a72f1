/** What a path does all the time. */
export interface Weather {
  readonly delayMs: number;
  readonly jitterMs: number;
  /** TCP: bytes arrive in pieces of at most this size, so that every frame is cut somewhere. 0: as they come. */
  readonly pieceBytes: number;
  /** UDP: shares of datagrams. TCP repairs all three before anybody sees them: what is left of them is delay. */
  readonly dropped: number;
  readonly doubled: number;
  readonly overtaken: number;
  /** UDP: share of datagrams that lose their end. */
  readonly shortened: number;
}

export const clearWeather: Weather = { delayMs: 0, jitterMs: 0, pieceBytes: 0, dropped: 0, doubled: 0, overtaken: 0, shortened: 0 };

/** What happens to one reader's path at a moment. */
export type Fault =
  /** Every TCP connection ends with a reset, every UDP flow is forgotten (as by a NAT that restarts). */
  | { readonly type: 'reset' }
  /** So many bytes more from the relay, then the end, mid-frame. UDP flows are forgotten. */
  | { readonly type: 'truncate'; readonly afterBytes: number }
  /** One direction ends in order, the other stays. */
  | { readonly type: 'half-close'; readonly side: 'client' | 'relay' }
  /** Nothing passes either way, and connections there were stay dead: nobody is told. */
  | { readonly type: 'black-hole'; readonly forMs: number }
  /** Nothing passes, and all of it does later: what loss looks like over TCP. Datagrams are lost. */
  | { readonly type: 'stall'; readonly forMs: number }
  /** New connections are reset, those there are end. */
  | { readonly type: 'refuse'; readonly forMs: number }
  | { readonly type: 'throttle'; readonly forMs: number; readonly bytesPerSecond: number }
  /** Much worse weather for a while. */
  | { readonly type: 'storm'; readonly forMs: number; readonly weather: Weather }
  /** UDP passes no more: WebTransport dies, WebSocket goes on. */
  | { readonly type: 'no-udp'; readonly forMs: number }
  /** WebSocket and UDP pass no more: only SSE is left. */
  | { readonly type: 'only-http'; readonly forMs: number };
