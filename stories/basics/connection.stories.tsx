import type { Meta, StoryObj } from '@storybook/react-vite';
import { type ReactNode, useState } from 'react';
import { expect } from 'storybook/test';
import { createClient } from '../../src/client.ts';
import { ConnectionStatus, type SluiceClient, SluiceProvider, type SluiceState } from '../../src/index.ts';

const meta = { title: 'Basics/ConnectionStatus', component: ConnectionStatus } satisfies Meta<typeof ConnectionStatus>;

export default meta;
type Story = StoryObj;
type Connection = SluiceState['connection'];

const connected: Connection = {
  status: 'connected',
  transport: 'webtransport',
  attempt: 0,
  error: undefined,
  fallbackReason: undefined,
  roundTripMs: 12,
};
const lost = { code: 'connect_failed', message: 'No transport could reach the relay.', retryable: true };

/** Every state a connection can be in. */
export const States: Story = {
  render: () => (
    <div style={{ display: 'grid', gap: '0.75rem' }}>
      <Connected {...connected} status="idle" transport={undefined} />
      <Connected {...connected} status="connecting" transport={undefined} />
      <Connected {...connected} />
      <Connected {...connected} transport="websocket" fallbackReason="WebTransport did not answer in time." roundTripMs={31} />
      <Connected {...connected} transport="sse" fallbackReason="WebTransport and WebSocket were refused." roundTripMs={48} />
      <Connected {...connected} status="reconnecting" transport={undefined} attempt={3} error={lost} />
      <Connected {...connected} status="offline" transport={undefined} />
      <Connected {...connected} status="failed" transport={undefined} error={lost} />
      <Connected {...connected} status="closed" transport={undefined} />
    </div>
  ),
  play: async ({ canvasElement }) => {
    const roots = [...canvasElement.querySelectorAll<HTMLElement>('[data-connection]')];
    expect(roots.map((root) => root.dataset['connection'])).toEqual([
      'idle',
      'connecting',
      'connected',
      'connected',
      'connected',
      'reconnecting',
      'offline',
      'failed',
      'closed',
    ]);
    expect(roots.map((root) => root.dataset['transport'])).toEqual(['', '', 'webtransport', 'websocket', 'sse', '', '', '', '']);
  },
};

export const Dark: Story = { ...States, globals: { theme: 'dark' } };

function Connected(connection: Connection): ReactNode {
  const [client] = useState((): SluiceClient => {
    const made = createClient();
    made.store.setState({ connection });
    return made;
  });
  return (
    <SluiceProvider client={client}>
      <ConnectionStatus />
    </SluiceProvider>
  );
}
