import type { ReactNode } from 'react';
import type { SluiceState } from '../../client.ts';
import { classes } from '../classes.ts';
import { useConnection } from '../useConnection.ts';
import type { ConnectionStatusProps } from './props.ts';

type Connection = SluiceState['connection'];

const labels: Readonly<Record<Connection['status'], string>> = {
  idle: 'Not connected',
  connecting: 'Connecting',
  connected: 'Connected',
  reconnecting: 'Reconnecting',
  offline: 'Offline',
  failed: 'Connection failed',
  closed: 'Closed',
};

const transports: Readonly<Record<NonNullable<Connection['transport']>, string>> = {
  webtransport: 'WebTransport',
  websocket: 'WebSocket',
  sse: 'SSE',
};

/** The connection to the relay: its state, which transport carries it and why not a better one, and the round trip. */
export function ConnectionStatus({ className, ...rest }: ConnectionStatusProps): ReactNode {
  const connection = useConnection();
  const { status, transport, attempt, error, fallbackReason, roundTripMs } = connection;
  const reason = status === 'connected' ? fallbackReason : error?.message;
  return (
    <div {...rest} className={classes('sluice-connection', className)} data-connection={status} data-transport={transport ?? ''}>
      <span className="sluice-dot" aria-hidden="true" />
      <span className="sluice-connection-status">
        {labels[status]}
        {status === 'reconnecting' && attempt > 1 && ` (attempt ${attempt})`}
      </span>
      {transport !== undefined && <span className="sluice-connection-transport">{transports[transport]}</span>}
      {status === 'connected' && roundTripMs !== undefined && <span className="sluice-connection-trip">{Math.round(roundTripMs)} ms</span>}
      {reason !== undefined && (
        <span className="sluice-connection-reason" title={reason}>
          {reason}
        </span>
      )}
    </div>
  );
}
