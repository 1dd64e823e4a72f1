import type { RememberedTransport } from '../worker/messages.ts';
import { transportNames } from './options.ts';

/** The transport that won for this relay lately, if it is not too old (CN15). Never throws: storage may be full, denied or missing. */
export function recallTransport(url: string, nowMs: number): RememberedTransport | undefined {
  try {
    const value: Partial<RememberedTransport> | null = JSON.parse(localStorage.getItem(storageKey(url)) ?? 'null');
    return isRemembered(value, nowMs) ? value : undefined;
  } catch {
    return undefined;
  }
}

export function rememberTransport(url: string, remembered: RememberedTransport): void {
  try {
    localStorage.setItem(storageKey(url), JSON.stringify(remembered));
  } catch {
    // Not remembering costs one slower start.
  }
}

function storageKey(url: string): string {
  return `sluice:transport:${new URL(url).origin}`;
}

function isRemembered(value: Partial<RememberedTransport> | null, nowMs: number): value is RememberedTransport {
  return transportNames.includes(value?.winner) && Number(value?.expiresAt) > nowMs;
}
