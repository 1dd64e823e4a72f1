import { createServer } from 'node:http';
import { fileURLToPath } from 'node:url';
import sirv from 'sirv';
import { createRelay, createScripted, type RelayOptions } from 'sluice-kit/server';
import { build } from 'vite';
import { pageHeaders } from './headers.ts';
import { demoConfig } from './vite.ts';

const host = process.env['HOST'] || '127.0.0.1';
const port = Number(process.env['PORT'] || 8787);
if (!Number.isInteger(port) || port < 0 || port > 65_535) {
  console.error(`bad_option: PORT is ${process.env['PORT']}; it must be a number from 0 to 65535.`);
  process.exit(1);
}

await build(demoConfig);

const files = sirv(fileURLToPath(new URL('./dist/', import.meta.url)), { etag: true });
const server = createServer({ headersTimeout: 10_000 }, (request, response) => {
  for (const [name, value] of Object.entries(pageHeaders)) response.setHeader(name, value);
  files(request, response);
});
server.once('error', (error: NodeJS.ErrnoException) => {
  const busy = error.code === 'EADDRINUSE';
  console.error(
    busy ? `port_in_use: port ${port} is in use by another program. Stop it, or choose another: PORT=8788 npm start` : error.message,
  );
  process.exit(1);
});
const loopback = ['127.0.0.1', 'localhost', '::1'].includes(host);
// Whoever reaches the page may use it: beyond this machine that must not cost anything.
const access: RelayOptions = loopback ? {} : { authenticate: () => ({ id: 'demo' }), providers: [createScripted()] };
const relay = createRelay({
  ...access,
  log: (level, message, fields) => {
    if (level === 'warn' || level === 'error') console.error(message, fields);
  },
});
const ready = relay.attach(server);
server.listen(port, host);
await ready;
const address = server.address();
const actual = typeof address === 'object' && address !== null ? address.port : port;
if (!loopback) console.log('Others can reach this address, so only the scripted model is served.');
console.log(`Sluice is ready: http://${host.includes(':') ? `[${host}]` : host}:${actual}/`);

const stop = (): void => void relay.close().then(() => process.exit(0));
process.once('SIGINT', stop);
process.once('SIGTERM', stop);
