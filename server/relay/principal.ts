import { StreamError } from '../../src/wire/index.ts';
import type { AuthenticateInput, Principal, ResolvedRelayOptions } from './options.ts';

/**
 * Asks the app who is at the other end.
 * @throws {StreamError} `unauthenticated`; `internal` where the answer names nobody: all who had none would share their streams
 */
export async function identify({ authenticate }: ResolvedRelayOptions, input: AuthenticateInput): Promise<Principal> {
  const principal = await authenticate(input);
  if (principal === undefined || principal === null) {
    throw new StreamError('unauthenticated', 'The credentials are missing or were refused; nothing was done. Sign in again.');
  }
  if (typeof principal.id === 'string' && principal.id !== '') return principal;
  throw new StreamError('internal', undefined, {
    cause: 'authenticate returned a principal whose id is not a string with something in it',
  });
}
