import { createServer } from 'node:http';
import { fileURLToPath } from 'node:url';
import sirv from 'sirv';
import { createRelay } from 'sluice-kit/server';
import { build } from 'vite';
import { demoConfig } from './vite.ts';

const host = process.env['HOST'] ?? '127.0.0.1';
const port = Number(process.env['PORT'] ?? 8787);

await build(demoConfig);

const page = sirv(fileURLToPath(new URL('./dist/', import.meta.url)), { etag: true });
const relay = createRelay();
const server = createServer(page);
relay.attach(server);
const { url } = await relay.listen({ server, host, port });
console.log(`Sluice demo: ${url}`);

const stop = (): void => void relay.close().then(() => process.exit(0));
process.once('SIGINT', stop);
process.once('SIGTERM', stop);
