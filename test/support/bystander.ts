import { expect } from 'vitest';
import type { Relay } from '../../server/index.ts';
import { connectClient, type ProtocolClient, type TransportName } from './connect.ts';
import { ManualSource } from './source.ts';

/** Somebody else on the same relay, who has done nothing wrong and must not notice a thing. */
export interface Bystander {
  readonly client: ProtocolClient;
  /** Streams on: each token comes once and in order, on the connection it began on. */
  streamsOn(): Promise<void>;
}

/** A reader with a running stream of its own. Its principal is `bystander` where the relay takes credentials for names. */
export async function startBystander(relay: Relay, url: string, transport: TransportName = 'websocket'): Promise<Bystander> {
  const source = new ManualSource();
  const client = await connectClient(transport, url);
  client.hello({ credentials: 'bystander' });
  await client.first('welcome');
  const { channel } = relay.streams.create({ id: 'bystander', principal: { id: 'bystander' }, source });
  client.subscribe(1, channel);
  let truth = '';
  return {
    client,
    async streamsOn() {
      for (let index = 0; index < 5; index += 1) {
        const delta = `token ${truth.length} `;
        truth += delta;
        source.text(delta);
      }
      await client.until(() => client.text(1).length >= truth.length);
      expect(client.text(1)).toBe(truth);
      expect(client.of('error')).toEqual([]);
    },
  };
}

/** Credentials are names; for relays with a bystander. */
export const byName = ({ credentials }: { readonly credentials: string | undefined }): { id: string } | undefined =>
  credentials === undefined ? undefined : { id: credentials };
