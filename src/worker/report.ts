import type { ConnectionMessage, ConnectionStatus } from './messages.ts';
import type { ConnectionState } from './state.ts';

/** What the page is told. */
export function connectionReport(state: ConnectionState): Omit<ConnectionMessage, 'type'> {
  const transport = state.phase === 'connected' ? state.live?.transport : state.recycling ? 'sse' : undefined;
  const fellBack = state.config.transport === 'auto' && transport !== undefined && transport !== 'webtransport';
  const { error } = state;
  return {
    status: status(state),
    transport,
    attempt: state.rounds,
    error: error && { code: error.code, message: error.message, retryable: error.retryable },
    fallbackReason: fellBack ? (state.out.webtransport?.message ?? 'WebTransport was not ready in time.') : undefined,
    roundTripMs: state.roundTripMs,
    remember: state.remembered,
  };
}

function status(state: ConnectionState): ConnectionStatus {
  const { phase } = state;
  if (phase === 'idle' || phase === 'connected' || phase === 'failed' || phase === 'closed') return phase;
  if (state.recycling) return 'connected';
  if (state.offline) return 'offline';
  return state.everConnected ? 'reconnecting' : 'connecting';
}
