import type { ComponentPropsWithRef } from 'react';

/**
 * Props of `ConnectionStatus`. Everything a `<div>` takes is passed on.
 * The root carries `data-connection` (the status) and `data-transport` (`webtransport | websocket | sse`, empty while there is none).
 */
export type ConnectionStatusProps = Omit<ComponentPropsWithRef<'div'>, 'children'>;
