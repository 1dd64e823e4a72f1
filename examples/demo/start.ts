import { createServer } from 'node:http';
import { fileURLToPath } from 'node:url';
import sirv from 'sirv';
import { createRelay } from 'sluice-kit/server';
import { build } from 'vite';
import { demoConfig } from './vite.ts';

const host = process.env['HOST'] ?? '127.0.0.1';
const port = Number(process.env['PORT'] ?? 8787);

await build(demoConfig);

const server = createServer(sirv(fileURLToPath(new URL('./dist/', import.meta.url)), { etag: true }));
server.once('error', (error: NodeJS.ErrnoException) => {
  const busy = error.code === 'EADDRINUSE';
  console.error(
    busy ? `port_in_use: port ${port} is in use by another program. Stop it, or choose another: PORT=8788 npm start` : error.message,
  );
  process.exit(1);
});
const relay = createRelay();
const ready = relay.attach(server);
server.listen(port, host);
await ready;
console.log(`Sluice is ready: http://${host}:${port}/`);

const stop = (): void => void relay.close().then(() => process.exit(0));
process.once('SIGINT', stop);
process.once('SIGTERM', stop);
