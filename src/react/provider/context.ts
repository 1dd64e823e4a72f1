import { type Context, createContext, use } from 'react';
import type { SluiceClient } from '../../client.ts';

export const SluiceContext: Context<SluiceClient | undefined> = createContext<SluiceClient | undefined>(undefined);

/** `markdownWorker` of the nearest `SluiceProvider`. */
export const MarkdownWorkerContext: Context<(() => Worker) | false | undefined> = createContext<(() => Worker) | false | undefined>(
  undefined,
);

/**
 * The client of the nearest `SluiceProvider`.
 * @throws without a provider
 */
export function useSluice(): SluiceClient {
  const client = use(SluiceContext);
  if (client === undefined) {
    throw new Error('No Sluice client here. Wrap this part in <SluiceProvider>.');
  }
  return client;
}
