import { StreamError } from '../../src/wire/index.ts';

/** What decides whether a request may reach the relay at all (docs/PROTOCOL.md, CN10). */
export interface OriginPolicy {
  readonly allowedOrigins: readonly string[];
  /** Whether only this machine can reach the relay: then `Host` must be a loopback name, against DNS rebinding. */
  readonly loopback: boolean;
  /** Whether everybody is let in: then only from this machine, whatever address the server listens on. */
  readonly anonymous: boolean;
}

export interface OriginSubject {
  /** `Origin` header, `undefined` for clients that are no browsers. */
  readonly origin: string | undefined;
  /** `Host` header or QUIC authority, with its port. */
  readonly host: string | undefined;
  /** Whether a browser says, without an `Origin`, that another site's page asks (Fetch Metadata): an image, a script, a frame. @default false */
  readonly foreign?: boolean;
  /** Empty where unknown. */
  readonly remoteAddress: string;
  /** Further `host:port` the relay answers on, besides `host`: WebTransport's port may differ from the page's. */
  readonly ownHosts?: readonly string[];
}

/**
 * Checks where a request comes from and what host it asks for.
 * @throws {StreamError} `origin_refused`, or `unauthenticated` where nobody could say who it is
 */
export function checkOrigin(subject: OriginSubject, policy: OriginPolicy): void {
  const { origin, host, remoteAddress } = subject;
  if (policy.anonymous && remoteAddress !== '' && !isLoopbackAddress(remoteAddress)) {
    throw new StreamError(
      'unauthenticated',
      'This relay has no authenticate option and serves its own machine only. Give createRelay one.',
    );
  }
  if (policy.loopback && !isLoopbackHost(host) && !policy.allowedOrigins.some((allowed) => hostOf(allowed) === host?.toLowerCase())) {
    throw new StreamError(
      'origin_refused',
      `The relay listens on loopback and does not answer to the host ${quote(host)}. Use 127.0.0.1 or localhost, or add the page’s origin to allowedOrigins.`,
    );
  }
  if (origin === undefined && subject.foreign !== true) return;
  if (origin !== undefined && isAllowedOrigin(subject, policy)) return;
  throw new StreamError('origin_refused', `The origin ${quote(origin)} may not use this relay. Add it to allowedOrigins.`);
}

/** Whether a page of this origin may connect: the relay's own, or an allowed one. */
export function isAllowedOrigin(
  { origin, host, ownHosts = [] }: Omit<OriginSubject, 'remoteAddress'>,
  { allowedOrigins }: Pick<OriginPolicy, 'allowedOrigins'>,
): boolean {
  if (origin === undefined) return false;
  if (allowedOrigins.includes(origin)) return true;
  const own = hostOf(origin);
  return own !== undefined && (own === host?.toLowerCase() || ownHosts.includes(own));
}

/** Whether `host`, with or without a port, can only mean this machine. */
export function isLoopbackHost(host: string | undefined): boolean {
  if (host === undefined) return false;
  // An IPv6 address has a port only behind brackets.
  const name = host
    .toLowerCase()
    .replace(/^([^:]*|\[.*\]):\d+$/, '$1')
    .replace(/^\[(.*)\]$/, '$1');
  return name === 'localhost' || name.endsWith('.localhost') || isLoopbackAddress(name);
}

/** Whether an IP address is this machine's own: `127.0.0.0/8` or `::1`. */
export function isLoopbackAddress(address: string): boolean {
  return /^(::ffff:)?127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/i.test(address) || address === '::1';
}

function hostOf(origin: string): string | undefined {
  return URL.parse(origin)?.host || undefined;
}

/** As evidence in a message, never whole: it comes from outside. */
function quote(value: string | undefined): string {
  return value === undefined ? '(none)' : `“${value.slice(0, 100)}”`;
}
