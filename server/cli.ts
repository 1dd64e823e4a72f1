#!/usr/bin/env node
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { StreamError } from '../src/wire/index.ts';
import { createRelay, createSqliteStorage, type LogStorage, type Relay, type RelayServerOptions } from './index.ts';

const HELP = `sluice relay [options]

Runs a relay: it fetches LLM answers and streams them to browsers.

  --port <n>       Port for HTTP, WebSocket and, over UDP, WebTransport. 0 for any.
                   Default: PORT, else 8787
  --host <name>    Name or address to listen on. Others than loopback need a
                   config with an authenticate function.
                   Default: HOST, else 127.0.0.1
  --config <file>  JavaScript module whose default export is the options of
                   createRelay, or a JSON file with them.
  --data <dir>     Keep streams in this folder, for one relay at a time: they are
                   there after a restart, and those it interrupts end with an
                   error that says so. Kept for a week, and up to 4 GiB.
                   Default: in memory, for five minutes after their end
  --help           Show this.

Keys and base URLs of providers come from the environment: OPENAI_API_KEY,
ANTHROPIC_API_KEY, GEMINI_API_KEY, and OPENAI_BASE_URL, ANTHROPIC_BASE_URL,
GEMINI_BASE_URL, OLLAMA_BASE_URL.
SIGINT and SIGTERM let running answers end for up to 10 seconds; a second one does not wait.
`;

/** How long a shutdown waits for running generations. */
const GRACE_MS = 10_000;

/** Exit codes: 0 after a normal end, 1 when the relay cannot start, 2 for a wrong command line. */
async function main(): Promise<void> {
  const { positionals, values } = readArguments();
  if (values.help) return void process.stdout.write(HELP);
  if (positionals[0] !== 'relay' || positionals.length > 1) throw new UsageError(`Unknown command: ${positionals.join(' ') || '(none)'}.`);
  const port = readPort(values.port ?? (process.env['PORT'] || '8787'));
  const host = values.host ?? (process.env['HOST'] || '127.0.0.1');
  const config = values.config === undefined ? {} : await readConfig(values.config);
  const relay = createRelay({ log, ...config, ...(values.data === undefined ? {} : { storage: openStorage(values.data, config) }) });
  const { url } = await relay.listen({ port, host });
  process.stdout.write(`Sluice relay on ${url}\n`);
  endOnSignal(relay);
}

class UsageError extends Error {}

function readArguments(): ReturnType<typeof parse> {
  try {
    return parse();
  } catch (cause) {
    throw new UsageError(cause instanceof Error ? cause.message : String(cause));
  }
}

const parse = () =>
  parseArgs({
    allowPositionals: true,
    options: {
      port: { type: 'string' },
      host: { type: 'string' },
      config: { type: 'string' },
      data: { type: 'string' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });

function readPort(text: string): number {
  const port = Number(text);
  if (/^\d+$/.test(text) && port <= 65_535) return port;
  throw new UsageError(`The port is ${text}; it must be a number from 0 to 65535.`);
}

async function readConfig(file: string): Promise<RelayServerOptions> {
  const url = pathToFileURL(resolve(file)).href;
  try {
    const module: { default?: unknown } = await (file.endsWith('.json') ? import(url, { with: { type: 'json' } }) : import(url));
    if (typeof module.default === 'object' && module.default !== null) return module.default;
  } catch (cause) {
    throw new StreamError('bad_option', `The config ${file} cannot be loaded: ${cause instanceof Error ? cause.message : String(cause)}`, {
      cause,
    });
  }
  throw new StreamError('bad_option', `The config ${file} has no default export that is an object. Export the options of createRelay.`);
}

/** @throws {StreamError} `bad_option`, or why the folder cannot be used */
function openStorage(directory: string, config: RelayServerOptions): LogStorage {
  if (config.storage !== undefined) {
    throw new StreamError(
      'bad_option',
      '--data is given, and the config has a storage of its own. The relay did not start. Leave one out.',
    );
  }
  const storage = createSqliteStorage({ directory });
  log('info', `Streams are kept in ${resolve(directory)}`, { streams: storage.size, interrupted: storage.interrupted().length });
  return storage;
}

function endOnSignal(relay: Relay): void {
  let ending = false;
  const end = async (): Promise<void> => {
    if (ending) process.exit(0);
    ending = true;
    relay.drain();
    const deadline = Date.now() + GRACE_MS;
    while (relay.stats.generations > 0 && Date.now() < deadline) await new Promise((wake) => setTimeout(wake, 50));
    await relay.close();
    process.exit(0);
  };
  process.on('SIGINT', end);
  process.on('SIGTERM', end);
}

function log(level: string, message: string, fields: object): void {
  process.stderr.write(`${level}: ${message}${Object.keys(fields).length === 0 ? '' : ` ${JSON.stringify(fields)}`}\n`);
}

main().catch((cause: unknown) => {
  const usage = cause instanceof UsageError;
  process.stderr.write(`sluice: ${cause instanceof Error ? cause.message : String(cause)}\n${usage ? '\nSee: sluice --help\n' : ''}`);
  process.exitCode = usage ? 2 : 1;
});
