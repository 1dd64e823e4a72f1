import { type ReactNode, useLayoutEffect, useRef, useState } from 'react';
import { type ClientOptions, createClient, type SluiceClient } from '../../client.ts';
import { MarkdownWorkerContext, SluiceContext } from './context.ts';
import type { OwnClientProps, SluiceProviderProps } from './props.ts';

/** Gives everything below it one client, and with it one worker and one connection. Renders no element. */
export function SluiceProvider({ markdownWorker, ...props }: SluiceProviderProps): ReactNode {
  const [worker] = useState(() => markdownWorker);
  return (
    <MarkdownWorkerContext value={worker}>
      {props.client === undefined ? <OwnClient {...props} /> : <SluiceContext value={props.client}>{props.children}</SluiceContext>}
    </MarkdownWorkerContext>
  );
}

function OwnClient({ children, client: _, ...options }: OwnClientProps): ReactNode {
  const [client, setClient] = useState(() => createClient(options));
  const closed = useRef<SluiceClient>(undefined);
  const closing = useRef<ReturnType<typeof setTimeout>>(undefined);
  const firstOptions = useRef<ClientOptions>(options);

  // Before paint: what attaches to a closed client would be seen to fail.
  useLayoutEffect(() => {
    clearTimeout(closing.current);
    // Effects come back after a longer absence under <Activity>; closing is final, so a new client takes over.
    if (closed.current === client) setClient(createClient(firstOptions.current));
    return () => {
      // Strict Mode unmounts only to mount again at once.
      closing.current = setTimeout(() => {
        closed.current = client;
        client.close();
      });
    };
  }, [client]);

  return <SluiceContext value={client}>{children}</SluiceContext>;
}
