import { createServer } from 'node:http';
import { getRequestListener } from '@hono/node-server';
import { app, relay } from './app.ts';

const server = createServer(getRequestListener(app.fetch));
// Takes the upgrades to WebSocket, and starts WebTransport beside the server.
relay.attach(server);
server.listen(Number(process.env['PORT'] ?? 8787), '127.0.0.1', () => {
  const address = server.address();
  if (typeof address === 'object' && address !== null) console.log(`http://127.0.0.1:${address.port}/`);
});
